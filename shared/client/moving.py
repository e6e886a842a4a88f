"""Moving in over the API, typed: portions of a file's lines, the imports there were, undoing one step by step."""

from uuid import UUID

from shared.client.session import PersonSession
from shared.contracts.imports import (
    ImportLinePage,
    ImportList,
    ImportPortion,
    ImportView,
    LineOutcome,
    LineResult,
    PortionAnswer,
    UndoStep,
)


class MovingCloud:
    """Imports as an Admin sees them. Thread-safe, as its session is. Errors as of ``StaffCloud``."""

    def __init__(self, session: PersonSession) -> None:
        self._call = session.call

    def take_in(self, import_id: UUID, portion: ImportPortion) -> list[LineResult]:
        """What became of each line, or would. Sent again it makes nobody twice; refused as ``import_undone``."""
        path = f"/v1/imports/{import_id}/portions"
        return self._call("POST", path, PortionAnswer, body=portion).results

    def imports(self) -> list[ImportView]:
        """The newest hundred, newest first."""
        return self._call("GET", "/v1/imports", ImportList).items

    def lines(
        self, import_id: UUID, *, outcome: LineOutcome, after: str | None = None, limit: int = 100
    ) -> ImportLinePage:
        """The lines that came to this, in the order of the file."""
        params: dict[str, str | int] = {"outcome": outcome.value, "limit": limit}
        if after is not None:
            params["after"] = after
        return self._call("GET", f"/v1/imports/{import_id}/lines", ImportLinePage, params=params)

    def undo_some(self, import_id: UUID) -> UndoStep:
        """One step; ask again while ``left`` is above zero. Refused as ``undo_too_late``."""
        return self._call("POST", f"/v1/imports/{import_id}/undo", UndoStep)
