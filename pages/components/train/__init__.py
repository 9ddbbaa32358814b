"""The Train page's parts: what is chosen, what it will take, and the runs that are watched."""
