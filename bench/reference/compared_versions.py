"""Writes libs/evaluation/test/fixtures/compared-versions.json: two versions on the same samples, compared by scipy
and statsmodels.

The versions are naive Bayes and logistic regression, by cross-validation on the digits of scikit-learn; the
losses are the cross-entropies as float32. Compared are all samples and those of each class: counts, Wilson's
intervals, Tango's interval by root finding on the likelihood, McNemar's mid-p, Student's paired test, Holm.

Needs scikit-learn 1.9, statsmodels 0.15 and scipy 1.17. From the repository root:
python bench/reference/compared_versions.py
"""

import base64
import json

import numpy as np
from scipy import optimize, stats
from sklearn import datasets
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

CONFIDENCE = 0.95


def encoded(values, kind):
    return base64.b64encode(np.asarray(values, kind).tobytes()).decode()


def tango(fixed, broken, n):
    """The differences that the score test does not reject, its variance at the likeliest share of broken
    samples: a root of the derivative of the likelihood."""
    z, rest = stats.norm.ppf((1 + CONFIDENCE) / 2), n - fixed - broken

    def likeliest(d):
        low, high = max(0, -d) + 1e-15, (1 - d) / 2 - 1e-15

        def slope(p):
            return fixed / (p + d) + broken / p - 2 * rest / (1 - 2 * p - d)

        if slope(low) <= 0:
            return low
        return high if slope(high) >= 0 else optimize.brentq(slope, low, high, xtol=1e-16, rtol=1e-15)

    def score(d):
        return (fixed - broken - n * d) / np.sqrt(n * (2 * likeliest(d) + d * (1 - d)))

    estimate = (fixed - broken) / n
    return [
        optimize.brentq(lambda d: score(d) - z, -1 + 1e-6, estimate, xtol=1e-14),
        optimize.brentq(lambda d: score(d) + z, estimate, 1 - 1e-6, xtol=1e-14),
    ]


def mean(values):
    interval = stats.t.interval(CONFIDENCE, len(values) - 1, np.mean(values), stats.sem(values))
    return [float(np.mean(values)), *map(float, interval)]


def share(successes, n):
    return [successes / n, *map(float, proportion_confint(successes, n, method="wilson"))]


def compared(correct, loss):
    n = len(correct[0])
    table = [[int(np.sum((correct[0] == a) & (correct[1] == b))) for b in (1, 0)] for a in (1, 0)]
    (both, broken), (fixed, wrong) = table
    exact = mcnemar(table, exact=True).pvalue
    middle = stats.binom.pmf(min(fixed, broken), fixed + broken, 0.5)
    losses = [one.astype(float) for one in loss]
    return {
        "n": n,
        "correct": {
            "counts": {"correct": both, "fixed": fixed, "broken": broken, "wrong": wrong},
            "before": share(both + broken, n),
            "now": share(both + fixed, n),
            "difference": [(fixed - broken) / n, *tango(fixed, broken, n)],
            "pValue": 1.0 if fixed == broken else float(exact - middle),
        },
        "loss": {
            "counts": {
                "lower": int(np.sum(losses[1] < losses[0])),
                "same": int(np.sum(losses[1] == losses[0])),
                "higher": int(np.sum(losses[1] > losses[0])),
            },
            "before": mean(losses[0]),
            "now": mean(losses[1]),
            "difference": mean(losses[1] - losses[0]),
            "pValue": float(stats.ttest_rel(losses[1], losses[0]).pvalue),
        },
    }


data, truth = datasets.load_digits(return_X_y=True)
versions = [
    GaussianNB(var_smoothing=1e-3),
    make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
]
shares = [cross_val_predict(version, data, truth, cv=5, method="predict_proba") for version in versions]
correct = [(one.argmax(axis=1) == truth).astype(np.uint8) for one in shares]
loss = [-np.log(np.maximum(one[np.arange(len(truth)), truth], 1e-7)).astype(np.float32) for one in shares]
groups = [
    compared([one[truth == label] for one in correct], [one[truth == label] for one in loss])
    for label in range(10)
]
holm = {
    metric: multipletests([group[metric]["pValue"] for group in groups], method="holm")[1].tolist()
    for metric in ("correct", "loss")
}
fixture = {
    "classes": encoded(truth, "u1"),
    "correct": [encoded(one, "u1") for one in correct],
    "loss": [encoded(one, "<f4") for one in loss],
    "all": compared(correct, loss),
    "groups": groups,
    "holm": holm,
}
with open("libs/evaluation/test/fixtures/compared-versions.json", "w") as file:
    json.dump(fixture, file, indent=1)
    file.write("\n")
