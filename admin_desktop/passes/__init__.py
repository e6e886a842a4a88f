"""Passes: whose is this one, a new card told once and printed, old tags, revoking, and which doors have heard of it."""
