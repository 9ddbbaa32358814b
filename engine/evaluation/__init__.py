"""Measuring shipped models with the protocols their cards name; `evaluate_model` writes what it measured into the
card."""

from engine.evaluation.base import evaluate_model

__all__ = ["evaluate_model"]
