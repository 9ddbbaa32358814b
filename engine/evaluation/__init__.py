"""Measuring shipped models with the protocols their cards name; `evaluate_model` writes what it measured into the
card."""

from engine.evaluation.base import EVALUATIONS, evaluate_model
from engine.registry import discover

__all__ = ["EVALUATIONS", "evaluate_model"]

discover("engine.evaluation")
