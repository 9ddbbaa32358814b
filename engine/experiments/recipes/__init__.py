"""Comparisons, one file each; run one with `python -m engine compare --recipe NAME`."""

from engine.experiments.base import COMPARISONS
from engine.registry import discover

discover(__name__)

__all__ = ["COMPARISONS"]
