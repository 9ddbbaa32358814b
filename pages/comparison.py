"""Comparison: RNN, LSTM and GRU on memory tasks with known answers; which wins where, from measured runs."""

from __future__ import annotations

from pages.components import header

header.show("Comparison", "Which recurrent architecture remembers longest, and what does it cost?", {})
