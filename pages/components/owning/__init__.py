"""Networks and data: what they are called, whose they are, and what their owner may do."""
