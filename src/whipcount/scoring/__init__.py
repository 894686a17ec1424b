"""Predictions against gold: numpy, scipy and scikit-learn only."""
