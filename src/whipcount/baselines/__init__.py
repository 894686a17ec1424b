"""Four plain rivals of the model: majority, target prior, polarity lexicon, TF-IDF with logistic regression; no torch."""

from whipcount.baselines.fitting import BASELINES, Baseline, fit_baseline

__all__ = ["BASELINES", "Baseline", "fit_baseline"]
