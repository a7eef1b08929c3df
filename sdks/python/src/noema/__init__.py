"""Noema for your own training loop.

    import noema

    data = noema.Dataset(training=(x, y), validation=(x_held, y_held))
    with noema.run("digits", data, watch=model) as run:
        for epoch in run.epochs(5):
            for ids, x, y in data.batches("training", 64, shuffle=True):
                ...
                run.log(ids, logits=logits)

Environment: NOEMA_URL, NOEMA_GRPC, NOEMA_API_KEY, NOEMA_PROJECT, NOEMA_DATA_DIR, NOEMA_HOME name the
platform; NOEMA_SPOOL and NOEMA_SPOOL_BYTES the local spool; NOEMA_SEND_S how long records wait in it;
NOEMA_EXIT_S how long the end of a run waits; NOEMA_PROGRESS=0 turns progress off.
"""

from noema._analysis import Analysis, HeatMap
from noema._client import Client, client
from noema._convert import ConvertError, convert
from noema._dataset import Dataset, SampleIds
from noema._errors import DatasetError, LogError, NoemaError
from noema._insight import Audit, Export, Insight, Members
from noema._insights import Insights
from noema._map import Map
from noema._results import StoredRun, open_run, serve
from noema._run import Run, current, log
from noema._serve import Serving
from noema._similar import Similar
from noema._start import run
from noema._table import Samples
from noema._whole import upload

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Audit",
    "Client",
    "ConvertError",
    "Dataset",
    "DatasetError",
    "Export",
    "HeatMap",
    "Insight",
    "Insights",
    "LogError",
    "Map",
    "Members",
    "NoemaError",
    "Run",
    "SampleIds",
    "Samples",
    "Serving",
    "Similar",
    "StoredRun",
    "client",
    "convert",
    "current",
    "log",
    "open_run",
    "run",
    "serve",
    "upload",
]
