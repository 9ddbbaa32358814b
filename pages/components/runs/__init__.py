"""What the Runs page draws: the list, what becomes of a run, and how runs differ."""
