"""``gym``: sites, plans, members, memberships, and what is derived from the doors' events: visits and packs."""
