"""One run of an architecture on a task, what is known of a task without torch, and finished results."""
