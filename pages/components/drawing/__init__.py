"""What a visitor sees: sentences, figures with their numbers and receipts, stored measurements."""
