"""Figures of the comparison of architectures."""
