"""Writes libs/evaluation/test/fixtures/evaluation.json: metrics of scikit-learn and statistics of scipy and
statsmodels.

- classifications: predictions by cross-validation on digits, wine and breast cancer (scikit-learn) and on the
  languages of the zoo; scores are whole thousandths, so that many are equal; weights are hundredths
- regressions: predictions by cross-validation on diabetes; tenths
- statistics: intervals, tests and quantiles; Tango's interval by root finding on the likelihood
- assurance: probability of a decision, by quadrature

Needs scikit-learn 1.9, statsmodels 0.15, scipy 1.18 and pillow; npm fetches the texts. From the repository root:
NOEMA_ZOO_CACHE=.noema/zoo python bench/reference/evaluation.py
"""

import base64
import itertools
import json
import sys

import numpy as np
from scipy import integrate, optimize, stats
from sklearn import datasets, metrics
from sklearn.calibration import calibration_curve
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

sys.path.insert(0, "e2e/zoo/python")
from data_kinds import languages


def encoded(values):
    return base64.b64encode(np.asarray(values, "<u2").tobytes()).decode()


def numbers(values):
    """JSON knows neither NaN nor infinity."""
    flat = np.asarray(values, float).ravel()
    return [None if np.isnan(v) else "inf" if np.isinf(v) else float(v) for v in flat]


def curves(positive, score, weights):
    precision, recall, at = metrics.precision_recall_curve(positive, score, sample_weight=weights)
    fpr, tpr, levels = metrics.roc_curve(positive, score, sample_weight=weights, drop_intermediate=False)
    return {
        "precision": numbers(precision),
        "recall": numbers(recall),
        "thresholds": numbers(at),
        "fpr": numbers(fpr),
        "tpr": numbers(tpr),
        "levels": numbers(levels),
    }


def areas(positive, score, weights):
    return [
        float(metrics.average_precision_score(positive, score, sample_weight=weights)),
        float(metrics.roc_auc_score(positive, score, sample_weight=weights)),
    ]


def calibrations(positive, score):
    found = {}
    for strategy in ("uniform", "quantile"):
        share, confidence = calibration_curve(positive, score, n_bins=10, strategy=strategy)
        found[strategy] = {"share": numbers(share), "confidence": numbers(confidence)}
    # Calibration error in numpy, from Naeini et al. 2015; a bin includes its upper edge.
    edges = np.linspace(0, 1, 11)
    error = 0
    for low, high in itertools.pairwise(edges):
        inside = (score > low) & (score <= high) if low > 0 else score <= high
        if inside.any():
            error += inside.mean() * abs(positive[inside].mean() - score[inside].mean())
    return {**found, "error": float(error), "brier": float(metrics.brier_score_loss(positive, score))}


def classification(name, model, x, truth, class_count):
    """The last class but one is never predicted where there are more than eight, so that a precision is undefined."""
    probabilities = cross_val_predict(model, x, truth, cv=5, method="predict_proba")
    if class_count > 8:
        probabilities[:, class_count - 2] *= 1e-3
    thousandths = np.round(probabilities * 1000).astype(int)
    score = thousandths / 1000
    predicted = score.argmax(1)
    hundredths = np.random.default_rng(5).integers(1, 300, len(truth))
    weights = hundredths / 100
    labels = range(class_count)
    report = {}
    for kind, w in (("plain", None), ("weighted", weights)):
        args = {"labels": labels, "sample_weight": w, "zero_division": np.nan}
        precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, predicted, **args)
        report[kind] = {
            "confusion": {
                str(by): numbers(
                    metrics.confusion_matrix(truth, predicted, labels=labels, sample_weight=w, normalize=by)
                )
                for by in (None, "true", "pred", "all")
            },
            "precision": numbers(precision),
            "recall": numbers(recall),
            "f1": numbers(f1),
            "support": numbers(support),
            "accuracy": float(metrics.accuracy_score(truth, predicted, sample_weight=w)),
            **{
                average: numbers(
                    metrics.precision_recall_fscore_support(truth, predicted, average=average, **args)[:3]
                )
                for average in ("macro", "weighted")
            },
            "areas": [areas(truth == k, score[:, k], w) for k in labels],
            "curves": curves(truth == 1, score[:, 1], w),
        }
    own = score[np.arange(len(truth)), truth]
    loss = -np.log(np.clip(own, 1e-3, 1))
    one_hot = np.eye(class_count)[truth]
    return {
        "name": name,
        "classCount": class_count,
        "truth": encoded(truth),
        "thousandths": encoded(thousandths),
        "hundredths": encoded(hundredths),
        **report,
        "calibration": calibrations((truth == 1).astype(float), score[:, 1]),
        "brier": float(((score - one_hot) ** 2).sum(1).mean()),
        "meanLoss": numbers([loss[truth == k].mean() for k in labels]),
        "confidence": {
            "correct": numbers(np.histogram(score.max(1)[predicted == truth], 20, (0, 1))[0]),
            "misclassified": numbers(np.histogram(score.max(1)[predicted != truth], 20, (0, 1))[0]),
        },
    }


def regression(name, x, truth):
    tenths = np.round(cross_val_predict(LinearRegression(), x, truth, cv=5) * 10).astype(int)
    predicted = tenths / 10
    return {
        "name": name,
        "truthTenths": encoded(np.round(truth * 10)),
        "predictedTenths": encoded(tenths),
        "meanAbsoluteError": float(metrics.mean_absolute_error(truth, predicted)),
        "rootMeanSquaredError": float(metrics.root_mean_squared_error(truth, predicted)),
        "medianAbsoluteError": float(metrics.median_absolute_error(truth, predicted)),
        "maximumError": float(metrics.max_error(truth, predicted)),
        "meanResidual": float(np.mean(truth - predicted)),
        "r2": float(metrics.r2_score(truth, predicted)),
        "residuals": numbers(np.histogram(truth - predicted, 12, (-200, 200))[0]),
        "cells": numbers(np.histogram2d(truth, predicted, (7, 5), ((25, 350), (50, 300)))[0].T),
    }


def tango(fixed, broken, n, confidence):
    """Ends of Tango's score interval: the most likely share of broken samples is a root of the derivative of the
    likelihood, and each end is a root of the score."""
    rest = n - fixed - broken

    def likely(d):
        low, high = max(0, -d), (1 - d) / 2

        def slope(q):
            return (
                (fixed / (q + d) if fixed else 0)
                + (broken / q if broken else 0)
                - (2 * rest / (1 - 2 * q - d) if rest else 0)
            )

        edge = 1e-15
        if slope(low + edge) <= 0:
            return low
        if slope(high - edge) >= 0:
            return high
        return optimize.brentq(slope, low + edge, high - edge, xtol=1e-16, rtol=1e-15)

    def score(d):
        return (fixed - broken - n * d) / np.sqrt(n * (2 * likely(d) + d * (1 - d)))

    z, estimate = stats.norm.ppf((1 + confidence) / 2), (fixed - broken) / n
    ends = [
        optimize.brentq(lambda d: score(d) - z, -1 + 1e-9, estimate - 1e-9, xtol=1e-15),
        optimize.brentq(lambda d: score(d) + z, estimate + 1e-9, 1 - 1e-9, xtol=1e-15),
    ]
    return [float(end) for end in ends]


def bca(values, seed):
    """scipy's interval, with the means of its resamples."""
    found = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=499,
        method="BCa",
        confidence_level=0.9,
        rng=np.random.default_rng(seed),
    )
    percentile = stats.bootstrap(
        (values,),
        np.mean,
        n_resamples=499,
        method="percentile",
        confidence_level=0.9,
        rng=np.random.default_rng(seed),
    )
    return {
        "values": numbers(values),
        "replicates": numbers(found.bootstrap_distribution),
        "bca": numbers([found.confidence_interval.low, found.confidence_interval.high]),
        "percentile": numbers([percentile.confidence_interval.low, percentile.confidence_interval.high]),
    }


def statistics():
    rng = np.random.default_rng(3)
    trials = [(0, 1), (1, 1), (0, 10), (3, 10), (10, 10), (81, 263), (15, 148), (1, 29), (999_990, 1_000_000)]
    pairs = [
        (12, 2, 50),
        (2, 12, 50),
        (9, 9, 40),
        (0, 5, 30),
        (1, 0, 500),
        (6, 21, 500),
        (3000, 2500, 1_000_000),
    ]
    skewed = rng.exponential(size=40).round(3)
    near = rng.normal(1, 2, 25).round(3)
    p_values = [0.01, 0.04, 0.03, 0.005, 0.04, 0.8, 0]
    return {
        "normal": [[x, float(stats.norm.cdf(x))] for x in (-12, -6, -5, -2.5, -0.1, 0, 0.3, 1.96, 4.9, 7)],
        "normalQuantile": [
            [p, float(stats.norm.ppf(p))] for p in (1e-12, 1e-5, 0.025, 0.3, 0.5, 0.9, 0.975, 0.999)
        ],
        "student": [
            [p, n, float(stats.t.ppf(p, n))]
            for p in (0.025, 0.4, 0.95, 0.9995)
            for n in (1, 2, 7, 40, 499, 999_999)
        ],
        "binomial": [
            [k, n, p, float(stats.binom.cdf(k, n, p)), float(stats.binom.pmf(k, n, p))]
            for k, n, p in ((0, 5, 0.5), (3, 10, 0.2), (480, 1000, 0.5), (49_800, 100_000, 0.5))
        ],
        "wilson": [
            [k, n, c, *map(float, proportion_confint(k, n, 1 - c, "wilson"))]
            for k, n in trials
            for c in (0.9, 0.95)
        ],
        "mean": [
            [*stats.t.interval(c, len(v) - 1, v.mean(), stats.sem(v)), c, *v]
            for v in (skewed, near)
            for c in (0.9, 0.95)
        ],
        "welch": [
            [float(end) for end in stats.ttest_ind(skewed, near, equal_var=False).confidence_interval(c)]
            for c in (0.9, 0.95)
        ],
        "bootstrap": [bca(skewed, 1), bca(near, 2)],
        "paired": [
            {
                "counts": pair,
                "exact": float(mcnemar([[0, pair[0]], [pair[1], 0]], exact=True).pvalue),
                "midP": float(
                    mcnemar([[0, pair[0]], [pair[1], 0]], exact=True).pvalue
                    - (stats.binom.pmf(min(pair[:2]), sum(pair[:2]), 0.5) if pair[0] != pair[1] else 0)
                ),
                "score": {str(c): tango(*pair, c) for c in (0.9, 0.95)},
            }
            for pair in pairs
        ],
        "pValues": p_values,
        "holm": numbers(multipletests(p_values, method="holm")[1]),
        "by": numbers(multipletests(p_values, method="fdr_by")[1]),
        "assurance": [
            [effect, factor, assurance(effect, factor)] for effect in (0, 0.5, 1.7) for factor in (1, 8, 60)
        ],
    }


def assurance(effect, factor):
    """Probability that a test with `factor` times the samples decides, over the posterior of the effect; both in
    standard errors of the estimate."""
    z = stats.norm.ppf(0.975)

    def decides(true):
        mean = true * np.sqrt(factor)
        return (stats.norm.sf(z - mean) + stats.norm.cdf(-z - mean)) * stats.norm.pdf(true, effect, 1)

    return float(integrate.quad(decides, effect - 12, effect + 12, epsabs=1e-12, limit=500)[0])


digits, wine = datasets.load_digits(), datasets.load_wine()
cancer, diabetes = datasets.load_breast_cancer(), datasets.load_diabetes()
texts = languages.load()
logistic = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=500))
letters = np.apply_along_axis(
    lambda row: np.bincount(row, minlength=64)[:64], 1, texts.inputs["letters"].astype(int)
)
with open("libs/evaluation/test/fixtures/evaluation.json", "w") as file:
    json.dump(
        {
            "classifications": [
                classification("digits", logistic, digits.data[:900], digits.target[:900], 10),
                classification("wine", GaussianNB(), wine.data[:, :3], wine.target, 3),
                classification("breast cancer", GaussianNB(), cancer.data, cancer.target, 2),
                classification(
                    "languages", MultinomialNB(), letters, texts.truths["language"].values.astype(int), 8
                ),
            ],
            "regressions": [regression("diabetes", diabetes.data, diabetes.target)],
            "statistics": statistics(),
        },
        file,
        default=float,
    )
    file.write("\n")
