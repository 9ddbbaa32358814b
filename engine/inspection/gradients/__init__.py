"""Gradients through time: Jacobians and their products, connectivity, half-lives and truncation."""
