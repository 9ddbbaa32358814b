"""The pages: each reads its widgets, calls the engine and draws; app.py lists them."""
