from __future__ import annotations

import json

import numpy as np
import pytest

from noema._visuals import _number, encode_series


@pytest.mark.parametrize("scale", [1e-4, 1.0, 1e5, 1e300])
def test_a_series_has_every_number_as_a_table_writes_it(scale):
    values = np.random.default_rng(3).normal(size=(50, 3)) * scale
    values[4, 0], values[5, 1], values[6, 2] = np.nan, np.inf, -np.inf
    shown = json.loads(encode_series(values))["series"]
    assert shown == {str(i): [_number(v) for v in values[:, i]] for i in range(3)}
    assert [shown["0"][4], shown["1"][5], shown["2"][6]] == [None, None, None]


def test_a_long_series_is_thinned_and_one_line_needs_no_second_axis():
    shown = json.loads(encode_series(np.arange(5000, dtype=np.float32)))["series"]
    assert shown == {"0": [float(i) for i in range(0, 5000, 3)]}
