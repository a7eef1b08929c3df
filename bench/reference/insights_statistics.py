"""Writes libs/insights/test/fixtures/statistics.json: tests, fits and measures of information of scipy, scikit-learn
and plain numpy on small inputs, which the file contains.

Needs numpy, scipy and scikit-learn 1.9. From the repository root: python bench/reference/insights_statistics.py
"""

import json
from pathlib import Path

import numpy as np
from scipy import stats
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import adjusted_mutual_info_score, mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information
from sklearn.preprocessing import StandardScaler

random = np.random.default_rng(20)


def rounded(values, digits=3):
    return np.round(np.asarray(values, float), digits).tolist()


def fisher():
    tables = [(3, 10, 5, 90), (0, 10, 5, 90), (10, 10, 0, 5), (41, 60, 700, 35000), (1, 500, 900, 69500),
              (250, 500, 30000, 69500), (7, 7, 7, 7), (12, 4000, 3, 4000)]
    return [[k, n, h, m, stats.fisher_exact([[k, n - k], [h, m - h]], "greater").pvalue] for k, n, h, m in tables]


def welch():
    cases = []
    for n, m, shift, scale in [(8, 30, 1.0, 2.0), (40, 5, -0.4, 1.0), (300, 20, 0.0, 5.0), (60, 60, 3.0, 0.5)]:
        a, b = rounded(random.normal(shift, scale, n)), rounded(random.normal(0, 1, m))
        p = stats.ttest_ind(a, b, equal_var=False, alternative="greater").pvalue
        cases.append({"inside": a, "outside": b, "p": p})
    return cases


def bootstrap():
    """100,000 resamples, so that its own error is small."""
    a, b = rounded(random.exponential(1.0, 40)), rounded(random.exponential(0.5, 120))

    def draw(values):
        own = np.asarray(values)
        picked = own[random.integers(0, len(own), (100_000, len(own)))]
        return picked.mean(1), picked.var(1, ddof=1) / len(own)

    (ma, va), (mb, vb) = draw(a), draw(b)
    difference = np.mean(a) - np.mean(b)
    error = np.sqrt(np.var(a, ddof=1) / len(a) + np.var(b, ddof=1) / len(b))
    low, high = np.quantile((ma - mb - difference) / np.sqrt(va + vb), [0.025, 0.975])
    return {"inside": a, "outside": b, "low": difference - high * error, "high": difference - low * error}


def cauchy():
    cases = [[0.01, 0.2, 0.7], [1e-12, 0.9], [0.5], [0.3, 0.4, 0.6, 0.98], [1e-300, 0.5]]
    return [{"p": p, "combined": float(stats.cauchy.sf(np.mean(stats.cauchy.isf(p))))} for p in cases]


def g_test():
    """The correction of Williams by hand: scipy has none."""
    cases = []
    tables = [
        [[30, 12, 9], [25, 40, 31]],
        [[100, 20], [900, 210]],
        [[7, 8, 9, 10], [10, 9, 8, 7], [20, 30, 20, 30]],
    ]
    for table in tables:
        t = np.array(table, float)
        g, _, degrees, _ = stats.chi2_contingency(t, correction=False, lambda_="log-likelihood")
        n = t.sum()
        q = 1 + (n * (1 / t.sum(1)).sum() - 1) * (n * (1 / t.sum(0)).sum() - 1) / (6 * n * degrees)
        cases.append({"table": table, "statistic": g / q, "degrees": degrees, "p": stats.chi2.sf(g / q, degrees)})
    points = [(0.1, 1), (3.84, 1), (30, 1), (5, 4), (100, 4), (50, 60), (200, 60), (700, 3)]
    tail = [[x, k, stats.chi2.sf(x, k)] for x, k in points]
    return {"cases": cases, "tail": tail}


def spearman():
    cases = []
    for n, slope in [(12, 0.5), (60, -0.3), (200, 0.0)]:
        x = rounded(random.normal(0, 1, n), 1)
        y = rounded(slope * np.array(x) + random.normal(0, 1, n), 1)
        result = stats.spearmanr(x, y)
        cases.append({"x": x, "y": y, "coefficient": result.statistic, "p": result.pvalue})
    return cases


def isotonic():
    x = rounded(random.uniform(0, 5, 60), 1)
    y = rounded(np.sqrt(x) + random.normal(0, 0.4, 60))
    w = rounded(random.uniform(0.5, 3, 60))
    fit = IsotonicRegression(out_of_bounds="clip").fit(x, y, sample_weight=w)
    at = [-1.0, 0.05, 0.7, 1.33, 2.5, 4.96, 9.0]
    return {"x": x, "y": y, "weights": w, "at": at, "predicted": fit.predict(at).tolist()}


def logistic():
    """The penalty is on standardised columns, as ours."""
    cases = []
    for classes, n, width in [(2, 80, 3), (4, 150, 5)]:
        centers = random.normal(0, 1, (classes, width))
        labels = random.integers(0, classes, n)
        x = np.round((centers[labels] + random.normal(0, 1.2, (n, width))) * [1, 10, 0.1, 3, 1][:width] + 2, 2)
        scaled = StandardScaler().fit_transform(x)
        model = LogisticRegression(C=0.5, tol=1e-12, max_iter=10_000).fit(scaled, labels)
        cases.append({"values": x.ravel().tolist(), "width": width, "labels": labels.tolist(), "classes": classes,
                      "l2": 2, "logs": model.predict_log_proba(scaled).ravel().tolist()})
    return cases


def leave_one_out():
    """A ridge regression on independent directions and their scatter, fitted anew without each row."""
    n, width = 40, 3
    x = random.normal(0, 1, (n, width)) @ random.normal(0, 1, (width, width))
    x = np.round(x - x.mean(0), 3)
    sides = random.integers(0, 2, n)
    variances, vectors = np.linalg.eigh(x.T @ x / n)
    directions = x @ vectors / np.sqrt(variances)
    scatter = np.log1p((directions**2).sum(1))
    scatter -= scatter.mean()
    scatter -= directions @ (directions.T @ scatter / n)
    z = np.column_stack([directions, scatter / scatter.std()])
    scores = [Ridge(alpha=0.3 * n).fit(np.delete(z, i, 0), np.delete(sides, i)).predict(z[i : i + 1])[0] - sides.mean()
              for i in range(n)]
    return {"columns": x.ravel().tolist(), "width": width, "sides": sides.tolist(), "scores": scores}


def information():
    cases = []
    for n, tie, sizes in [(200, 0.5, (2, 7)), (200, 0.0, (2, 12)), (60, 0.9, (3, 4))]:
        a = random.integers(0, sizes[0], n)
        b = np.where(random.random(n) < tie, a, random.integers(0, sizes[1], n))
        cases.append({"a": a.tolist(), "b": b.tolist(), "information": mutual_info_score(a, b),
                      "expected": float(expected_mutual_information(contingency_matrix(a, b, sparse=True), n)),
                      # The first column has the smaller entropy, by which ours divides.
                      "adjusted": adjusted_mutual_info_score(a, b, average_method="min")})
        assert stats.entropy(np.bincount(a)) < stats.entropy(np.bincount(b))
    return cases


def hochberg():
    p = [0.01, 0.04, 0.03, 0.005, 0.5, 0.9, 0.02, 0.04]
    return {"p": p, "adjusted": stats.false_discovery_control(p, method="bh").tolist()}


parts = [fisher, welch, bootstrap, cauchy, g_test, spearman, isotonic, logistic, leave_one_out, information, hochberg]
target = Path("libs/insights/test/fixtures/statistics.json")
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps({part.__name__: part() for part in parts}) + "\n")
