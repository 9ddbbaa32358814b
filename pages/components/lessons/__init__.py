"""What the course is drawn with: the page that lists it, and the panel beside every page."""
