"""What the Claims page is made of."""
