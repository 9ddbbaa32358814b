"""The errors a caller may want to show: each message is one clear sentence that says what is wrong and what is
allowed."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error the engine raises on purpose; its text can be shown to a visitor as it is."""


class ConfigError(EngineError):
    """A setting is unknown, of the wrong type or out of bounds."""


class DataError(EngineError):
    """A corpus cannot be found, read, or lacks the columns it must have."""


class ModelError(EngineError):
    """A model is unknown, or its folder is incomplete or damaged."""


class TrainingError(EngineError):
    """A training run ended without a model."""


class InputError(EngineError):
    """Text or a value typed by a visitor cannot be used."""


class JobError(EngineError):
    """A background job cannot be started, found or finished."""


class RunsFailedError(JobError):
    """Some runs of a comparison could not be made; what is finished is kept."""
