"""Trainings that show what gradients do: with and without clipping, and the spectrum before training."""
