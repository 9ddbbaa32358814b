"""Comparisons, one file each; run one with `python -m engine compare --recipe NAME`."""
