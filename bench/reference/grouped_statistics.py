"""Writes libs/insights/test/fixtures/grouped.json: errors of means by groups of statsmodels, Welch's test of the means
of groups of scipy, and resampled groups of plain numpy, on small inputs, which the file contains.

Needs numpy, scipy and statsmodels 0.14. From the repository root: python bench/reference/grouped_statistics.py
"""

import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import stats

random = np.random.default_rng(24)


def draw(groups, spread):
    """Groups of 1 to 9 values that share a normal effect."""
    sizes = random.integers(1, 10, groups)
    numbers = np.repeat(np.arange(groups), sizes)
    return numbers, np.round(spread * random.normal(size=groups)[numbers] + random.normal(size=len(numbers)), 3)


def sandwich(values, design, groups):
    return sm.OLS(values, design).fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}).bse


def differences():
    """The standard error of a difference of means where groups are on one side, and where they are on both."""
    cases = []
    for mixed in (False, True):
        groups, values = draw(30, 1.5)
        inside = (random.random(len(groups)) < 0.4) if mixed else (groups % 3 == 0)
        error = sandwich(values, sm.add_constant(inside.astype(float)), groups)[1]
        cases.append({"values": values.tolist(), "groups": groups.tolist(), "inside": inside.astype(int).tolist(),
                      "error": error})
    return cases


def welch():
    """Groups of one size on one side each: Welch's test of their means."""
    groups = np.repeat(np.arange(24), 6)
    inside = groups < 9
    values = np.round(random.normal(size=24)[groups] * np.where(inside, 2, 0.7) + inside + random.normal(size=144), 3)
    means = np.array([values[groups == g].mean() for g in range(24)])
    p = stats.ttest_ind(means[:9], means[9:], equal_var=False, alternative="greater").pvalue
    return {"values": values.tolist(), "groups": groups.tolist(), "inside": inside.astype(int).tolist(), "p": p}


def design_effect():
    groups, values = draw(40, 2)
    hits = (values > 1).astype(float)
    error = sandwich(hits, np.ones(len(hits)), groups)[0]
    rate = hits.mean()
    return {"hits": hits.tolist(), "groups": groups.tolist(),
            "effect": error ** 2 * (len(hits) - 1) / (rate * (1 - rate))}


def bootstrap():
    """100,000 resamples of whole groups; the variance of each by its groups."""
    sides = []
    for count, spread in ((20, 1.0), (50, 0.5)):
        groups, values = draw(count, spread)
        values = np.round(np.exp(values / 2), 3)
        sides.append((groups, values))

    def measure(groups, values):
        sums, sizes = np.bincount(groups, values), np.bincount(groups)
        effective = sizes.sum() ** 2 / (sizes ** 2).sum()
        picked = random.integers(0, len(sizes), (100_000, len(sizes)))
        mean = sums[picked].sum(1) / sizes[picked].sum(1)
        residual = sums[picked] - mean[:, None] * sizes[picked]
        factor = effective / (effective - 1)
        variance = factor * (residual ** 2).sum(1) / sizes[picked].sum(1) ** 2
        own = values.mean()
        return own, factor * ((sums - own * sizes) ** 2).sum() / sizes.sum() ** 2, mean, variance

    (a, va, ma, sa), (b, vb, mb, sb) = (measure(*side) for side in sides)
    low, high = np.quantile((ma - mb - (a - b)) / np.sqrt(sa + sb), [0.025, 0.975])
    error = np.sqrt(va + vb)
    return {"inside": sides[0][1].tolist(), "insideGroups": sides[0][0].tolist(), "outside": sides[1][1].tolist(),
            "outsideGroups": sides[1][0].tolist(), "low": a - b - high * error, "high": a - b - low * error}


result = {"differences": differences(), "welch": welch(), "design_effect": design_effect(), "bootstrap": bootstrap()}
target = Path(__file__).parents[2] / "libs/insights/test/fixtures/grouped.json"
target.write_text(json.dumps(result) + "\n")
