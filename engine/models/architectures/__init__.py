"""Architectures, one file each: ways to read a sequence of features, behind one interface, so that they can be
compared."""

from engine.models.architectures.base import ARCHITECTURES, Architecture
from engine.registry import discover

discover(__name__)

__all__ = ["ARCHITECTURES", "Architecture"]
