"""Who comes in and how much they may ask at once; what begins and ends with the server."""
