"""Figures of translators."""
