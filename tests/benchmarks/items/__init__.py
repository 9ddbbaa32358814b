"""The items, a file per group: each registers what builds its contest."""
