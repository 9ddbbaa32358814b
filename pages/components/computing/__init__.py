"""What is computed for a page: once for all visitors, in the background, batch by batch, or written live."""
