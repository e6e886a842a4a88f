"""A sample gym to try the product with: members in every state, with passes whose secrets the caller gets.

Beside the services like ``app.py``: it may name them, and no service knows of it.
"""
