"""Reading the audit log over the API, typed. Errors are those of :class:`shared.client.staff.StaffCloud`."""

from collections.abc import Callable

from shared.client.session import Params, PersonSession
from shared.contracts.audit import AuditBreak, AuditPage, AuditQuery, AuditState


class AuditCloud:
    """The audit log as an Admin or Owner sees it. Thread-safe, as its session is."""

    def __init__(self, session: PersonSession) -> None:
        self._call = session.call

    def page(self, wanted: AuditQuery) -> AuditPage:
        """Newest first."""
        params: Params = wanted.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
        return self._call("GET", "/v1/audit", AuditPage, params=params)

    def check(self, *, told: Callable[[AuditState], None] = lambda _: None) -> list[AuditBreak]:
        """Have all chains checked, part by part; ``told`` hears how far it is. Returns where they are broken."""
        breaks: list[AuditBreak] = []
        after: str | None = None
        while True:
            params = {} if after is None else {"after": after}
            state = self._call("GET", "/v1/audit/state", AuditState, params=params)
            told(state)
            breaks += state.breaks
            after = state.next
            if after is None:
                return breaks
