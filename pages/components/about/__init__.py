"""What the About page is made of."""
