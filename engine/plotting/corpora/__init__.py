"""Figures of a corpus: lengths, labels, coverage."""
