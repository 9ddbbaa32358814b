"""What the rows of finished results mean: aggregates, verdicts and sentences. Pandas only, no torch."""
