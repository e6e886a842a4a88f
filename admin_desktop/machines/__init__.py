"""Machines: the gym's equipment in pictures, its faults and its maintenance, and the stickers on it."""
