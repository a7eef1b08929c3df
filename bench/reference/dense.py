"""Responses of a network of dense layers alone, in plain numpy, float64,
on scikit-learn's wine and breast cancer tables: the fixture of the responder's spec.

Needs scikit-learn. From the repository root:
python bench/reference/dense.py > services/activations/test/fixtures/dense.json
"""

import json
import numpy as np
from sklearn.datasets import load_breast_cancer, load_wine


def weights(inputs, outputs, k):
    """Kernel and bias that the spec writes by the same formula."""
    i = np.arange((inputs + 1) * outputs) + 1.0
    values = np.sin(i * (k + 1)) * 2 / np.sqrt(inputs)
    return values[: inputs * outputs].reshape(inputs, outputs), values[inputs * outputs :]


def responses(table, sizes, rows):
    """ReLU after all layers but the last, of which the logits count."""
    x = (table - table.mean(0)) / table.std(0)
    x = np.float32(x[:: len(x) // rows][:rows]).astype(float)
    given, layers = x, []
    for k, size in enumerate(sizes):
        kernel, bias = weights(x.shape[1], size, k)
        x = x @ kernel + bias
        x = x if k == len(sizes) - 1 else np.maximum(x, 0)
        layers.append(x)
    return {
        "sizes": sizes,
        "inputs": given.round(7).tolist(),
        "responses": np.concatenate(layers, 1).round(7).tolist(),
    }


print(
    json.dumps(
        {
            "wine": responses(load_wine().data, [6, 4, 3], 7),
            "breast cancer": responses(load_breast_cancer().data, [5, 2], 6),
        }
    )
)
