"""Keras computes with torch, which it is told before it is imported."""

from __future__ import annotations

import os

os.environ["KERAS_BACKEND"] = "torch"
