"""The one error after which the same is simply done again."""

from shared.errors import Unavailable


class Conflict(Unavailable):
    """The database undid a transaction to let others through, or was lost before the commit: nothing of it is left.

    Doing the same again from its start is right. The request's shell does so, and the workers. Whoever has a stand-in
    for a database that is away lets this one pass: it is not away.
    """
