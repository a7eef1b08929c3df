"""Why a model has no graph, where its framework is not needed to say so."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from noema._graph import GraphMissing, export_keras


class Probe:
    """A Keras model whose exporter is not installed."""

    def __call__(self, x, training):
        return x

    def export(self, path, format, verbose):
        raise ImportError("This requires a module.\nInstall it")


@pytest.mark.parametrize("backend, package", [("jax", "jax2onnx"), ("tensorflow", "tf2onnx")])
def test_the_package_that_a_backend_of_keras_lacks_is_named(monkeypatch, backend, package):
    keras = SimpleNamespace(backend=SimpleNamespace(backend=lambda: backend))
    monkeypatch.setitem(sys.modules, "keras", keras)
    with pytest.raises(GraphMissing) as raised:
        export_keras(Probe(), None, [])
    assert str(raised.value) == (
        "ImportError: This requires a module.; Keras needs version 3.8 or later, and the package "
        f"{package} with the backend {backend}. Without a graph, noema.serve(model) computes heat maps"
    )
