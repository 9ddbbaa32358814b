"""Runs while they train: curves, samples, and what can be asked of them."""
