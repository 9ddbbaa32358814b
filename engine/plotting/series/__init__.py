"""Figures of series: forecasts with their bands, errors by step, what a forecast rests on."""
