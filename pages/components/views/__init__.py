"""What each page keeps in its URL: one frozen dataclass per page, bounds and words in the fields."""
