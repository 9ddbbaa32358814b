"""Every run of a comparison: planned, done by workers, and kept row by row."""
