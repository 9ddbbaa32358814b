"""What a network did, as arrays and data frames: words, attention, confidence, forced against free running."""
