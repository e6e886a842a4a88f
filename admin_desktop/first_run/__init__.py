"""The first minutes with a new gym: the owner's link, then what has to be there before a door can open."""
