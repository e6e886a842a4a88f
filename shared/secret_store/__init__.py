"""Where a program keeps its few small secrets: the system's keyring, or files that only its user can open."""
