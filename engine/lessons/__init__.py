"""A course through the app: lessons of steps, each a question that is answered before a network is looked at."""
