"""Taggers taken apart: predictions, the lattice, both directions, errors, and how good they are."""
