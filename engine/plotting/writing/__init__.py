"""Figures of networks that write."""
