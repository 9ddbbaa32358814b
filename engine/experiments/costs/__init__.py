"""What networks cost: pace before a sweep, seconds and bytes per step, sizes of states and layers."""
