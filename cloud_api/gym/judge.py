"""The cloud's own verdict on a scan: the one rule book, on the roster as it stands now (promise: one rule book).

Builds from roster rows and recorded events exactly what a kiosk builds from its copies of them, so that the same facts
give the same decision here and there.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from cloud_api.common.events import AttendanceRecorded
from cloud_api.common.tables import RosterRow
from cloud_api.gym.lookups import get_site
from cloud_api.gym.mapping import to_site
from cloud_api.gym.past import Past
from cloud_api.gym.tables import VoucherRow
from shared.contracts.devices import EventRecord
from shared.contracts.roster import CredentialBody, MemberBody, PlanBody, RowKind
from shared.domain.decision import Decision, DenialReason, decide
from shared.domain.passes import Barcode, CardCode, Credential, LiveCode, PassKind, Signature, UnknownCode, VoucherCode
from shared.domain.roster import Holder, RosterEntry, RosterTrust
from shared.domain.site import Site
from shared.domain.time import DoorTime

NO_GYM = 0
"""The numbers of gyms begin with 1."""


def judge(session: Session, arrival: AttendanceRecorded) -> Decision:
    """What the rule book says of a scan at an entry, by what the cloud knows now.

    A door that was not in contact may add a hint to a refusal; the event does not say, so the cloud never does.
    """
    return Bench(session, arrival.site_id, [arrival]).judge(arrival)


class Bench:
    """Judges scans of one site; reads what all of them need at once."""

    def __init__(self, session: Session, site_id: UUID, arrivals: Sequence[AttendanceRecorded]) -> None:
        self.site: Site = to_site(get_site(session, site_id))
        self._roster = _Roster(session, site_id, arrivals)
        self._vouchers = _vouchers(session, arrivals)
        self._past = Past(session, arrivals, members=self._roster.members)

    def judge(self, arrival: AttendanceRecorded) -> Decision:
        event, entry = arrival.event, self._roster.entry(arrival.event)
        age = None if event.roster_age_s is None else timedelta(seconds=event.roster_age_s)
        return decide(
            self._credential(event, entry),
            entry,
            site=self.site,
            presence=self._past.presence(arrival, entry.holder if entry else None, zone=self.site.zone),
            now=DoorTime(event.door_at, event.time_quality),
            trust=RosterTrust(age=age, in_contact=True),
        )

    def _credential(self, event: EventRecord, entry: RosterEntry | None) -> Credential:
        """What was shown. The door has checked the signature."""
        signature = Signature.INVALID if event.reason == DenialReason.BAD_SIGNATURE.value else Signature.VALID
        match event.pass_kind:
            case PassKind.LIVE if event.code_at is not None:
                return LiveCode(event.code_at, signature)
            case PassKind.CARD:
                return CardCode()
            case PassKind.BARCODE if entry is not None:
                return Barcode()
            case PassKind.VOUCHER:
                return self._voucher(event, signature)
            case _:
                return UnknownCode()

    def _voucher(self, event: EventRecord, signature: Signature) -> VoucherCode:
        """What stands in a voucher is not in the event; one that ``qr`` has not told of was signed by nobody we know."""
        row = self._vouchers.get(event.voucher_id)
        if row is not None:
            return VoucherCode(self.site.gym_number, row.site_number, row.last_valid_on, signature)
        gym_number = NO_GYM if event.reason == DenialReason.OTHER_GYM.value else self.site.gym_number
        return VoucherCode(gym_number, 0, date.min, Signature.UNKNOWN_KEY)


class _Roster:
    """The rows of one site's roster that some events need."""

    def __init__(self, session: Session, site_id: UUID, arrivals: Sequence[AttendanceRecorded]) -> None:
        self._session, self._site_id = session, site_id
        shown = {arrival.event.lookup.hex() for arrival in arrivals if arrival.event.lookup is not None}
        self._credentials = {
            key: CredentialBody.model_validate_json(body) for key, body in self._rows(RowKind.CREDENTIAL, shown)
        }
        self.members = {body.member_id for body in self._credentials.values() if body.member_id is not None}
        plans = (PlanBody.model_validate_json(body) for _, body in self._rows(RowKind.PLAN))
        self._plans = {body.id: body.to_domain() for body in plans}
        members = self._rows(RowKind.MEMBER, [str(member_id) for member_id in self.members])
        self._holders: dict[UUID, Holder] = {
            UUID(key): MemberBody.model_validate_json(body).to_domain(self._plans) for key, body in members
        }

    def entry(self, event: EventRecord) -> RosterEntry | None:
        credential = None if event.lookup is None else self._credentials.get(event.lookup.hex())
        if credential is None:
            return None
        holder = None if credential.member_id is None else self._holders.get(credential.member_id)
        return RosterEntry(credential.status, holder, credential.other_site)

    def _rows(self, kind: RowKind, keys: Iterable[str] | None = None) -> Iterable[tuple[str, str]]:
        query = select(RosterRow).where(
            RosterRow.site_id == self._site_id, RosterRow.kind == kind.value, col(RosterRow.body).is_not(None)
        )
        if keys is not None:
            query = query.where(col(RosterRow.key).in_(list(keys)))
        return [(row.key, row.body or "") for row in self._session.exec(query)]


def _vouchers(session: Session, arrivals: Sequence[AttendanceRecorded]) -> dict[bytes | None, VoucherRow]:
    shown = {arrival.event.voucher_id for arrival in arrivals if arrival.event.voucher_id is not None}
    return {row.id: row for row in session.exec(select(VoucherRow).where(col(VoucherRow.id).in_(shown)))}
