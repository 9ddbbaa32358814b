"""Recurrent cells opened up: states, gates, flows and units over a text."""
