"""Figures of taggers."""
