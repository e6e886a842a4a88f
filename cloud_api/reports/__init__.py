"""``reports``: the numbers an owner reads, kept up to date by the events of the other services."""
