"""Models, one file each, all written against the step protocol of `engine.models.base`."""

from engine.models.base import MODELS, RecurrentModel, StepModel, select

__all__ = ["MODELS", "RecurrentModel", "StepModel", "select"]
