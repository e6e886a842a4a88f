"""Why a file cannot be taken, as a code that the texts have words for."""

from shared.errors import FitError


class FileProblem(FitError):  # noqa: N818  # reads as what it is
    """``code`` is of ``imports.file.<code>``."""

    def __init__(self, code: str) -> None:
        super().__init__(f"This file cannot be taken: {code}.")
        self.code = code
