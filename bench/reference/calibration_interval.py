"""Counts how often the interval of the calibration error covers, in numpy, apart from libs/evaluation.

1,000 draws each of 64 settings: four distributions of scores, logits wrong by a factor of 1 (null) to 0.4, 100 to
3,000 samples, ten bins. The exact error is that of two million scores with their probabilities.

Needs numpy. From the repository root: python bench/reference/calibration_interval.py [seed]
"""

import sys

import numpy as np

DRAWS, BINS, Z = 1000, 10, 1.959964
EDGES = np.arange(1, BINS) / BINS
MEAN = np.sqrt(2 / np.pi)
rng = np.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 202)

logistic = lambda x: 1 / (1 + np.exp(-x))
SCORES = {
    "uniform": lambda shape: rng.uniform(0.1, 1, shape),
    "middle": lambda shape: logistic(rng.normal(1.5, 1.2, shape)),
    "confident": lambda shape: logistic(np.abs(rng.normal(4, 2.2, shape))),
    "mostly 0.995": lambda shape: np.where(rng.random(shape) < 0.7, 0.995, rng.uniform(0.4, 0.99, shape)),
}


def sums(scores, outcomes):
    """Sums by draw and bin: of the errors, of their squares, and of the squares of calibrated scores."""
    draws, n = scores.shape
    at = np.searchsorted(EDGES, scores.ravel(), side="left") + np.repeat(np.arange(draws) * BINS, n)
    errors = (outcomes - scores).ravel()
    expected = (scores * (1 - scores)).ravel()
    return [
        np.bincount(at, weights=w, minlength=draws * BINS).reshape(draws, BINS)
        for w in (errors, errors**2, expected)
    ]


def intervals(scores, outcomes):
    n = scores.shape[1]
    error, squares, expected = sums(scores, outcomes)
    variance = np.maximum(np.maximum(squares, expected) / n - (error / n) ** 2, 0) / n
    estimate, total = np.abs(error / n).sum(1), variance.sum(1)
    spread = total * (1 - MEAN**2)
    skewness = (MEAN * (4 / np.pi - 1) * variance**1.5).sum(1) / spread**1.5
    noise = MEAN * np.sqrt(variance).sum(1) + np.sqrt(spread) * (Z + (Z**2 - 1) * skewness / 6)
    return estimate, np.maximum(0, estimate - noise), np.minimum(1, estimate + Z * np.sqrt(total))


lowest, highest = 100.0, 0.0
for name, draw in SCORES.items():
    for factor in (1, 0.9, 0.7, 0.4):
        probability = lambda s: logistic(factor * np.log(s / (1 - s)))  # noqa: B023
        many = draw((1, 2_000_000))
        exact = np.abs(sums(many, probability(many))[0]).sum() / many.size if factor != 1 else 0.0
        for n in (100, 300, 1000, 3000):
            scores = draw((DRAWS, n))
            outcomes = (rng.random(scores.shape) < probability(scores)).astype(float)
            estimate, low, high = intervals(scores, outcomes)
            covered = 100 * np.mean((low <= exact) & (exact <= high))
            lowest, highest = min(lowest, covered), max(highest, covered)
            print(
                f"{name}, logits × {factor}, n {n}: error {exact:.4f}, estimate {estimate.mean():.4f}, "
                f"covered {covered:.1f} %, width {np.mean(high - low):.4f}"
            )
print(f"covered in {lowest:.1f} to {highest:.1f} %")
