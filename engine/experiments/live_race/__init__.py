"""A race that a visitor starts: settings, runs, verdict in words, and the tally of this server."""
