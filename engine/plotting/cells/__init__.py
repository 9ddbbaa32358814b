"""Figures of recurrent cells."""
