"""Figures: pure functions from arrays and data frames to plotly figures, with one theme for light and dark."""
