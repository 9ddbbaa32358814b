"""Classifiers taken apart: predictions, attributions, counterfactuals, word order, and how good they are."""
