"""The claims: one definition each, by subject."""
