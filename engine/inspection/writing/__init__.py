"""Networks that write, taken apart: what they expect, copy, repeat and know, and what they write when they are held."""
