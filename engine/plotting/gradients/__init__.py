"""Figures of gradients through time."""
