"""Layouts of state dictionaries, one file each: which modules there are, what each does, and the model they make."""

from engine.exchange.layouts.base import LAYOUTS, Layout, LayoutPart
from engine.registry import discover

__all__ = ["LAYOUTS", "Layout", "LayoutPart"]

discover("engine.exchange.layouts")
