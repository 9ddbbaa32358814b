"""Figures of stored measurements."""
