"""A display of a test's own, hands that move its pointer and press its keys, and the desk as a person sees it there."""
