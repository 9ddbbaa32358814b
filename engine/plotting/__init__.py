"""Figures: pure functions from arrays and data frames to figures of plain values, with one theme for light and dark."""
