"""The same facts on both sides: a kiosk's real store and door, and the cloud's real database and judge."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud_api.common import roster
from cloud_api.common.events import AttendanceRecorded
from cloud_api.devices.feed import read_snapshot
from cloud_api.gym.judge import judge
from cloud_api.gym.recording import record
from cloud_api.gym.sites import change_site, create_site
from cloud_api.gym.vouchers import learn_voucher
from kiosk.entry.door import Door, Post
from kiosk.entry.verdict import Verdict
from kiosk.store.contact import Contact
from kiosk.store.folder import Store, open_store
from kiosk.store.roster_file import Confirmed
from shared.contracts.devices import EventRecord
from shared.contracts.gym import SiteDraft
from shared.contracts.roster import CredentialBody, IssuerKeyBody, KeyAlgorithm, RowKind
from shared.domain.decision import Decision, Denied
from shared.domain.device import Direction
from shared.domain.ids import SiteId, StreamId
from shared.domain.passes import PassKind, PassStatus
from shared.passtoken import signing, tokens
from shared.passtoken.lookup import barcode_secret, lookup_hash
from tests.integration.differential.world import Pass, Scan, World
from tests.support.builders import an_id
from tests.support.cloud import Gym

STREAM_ID = StreamId(an_id(7001))
QR = "QRCode"
ISSUER_KEY = 9


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    format: str = QR


class Wallet:
    """Real codes for the generated passes, signed and hashed under the gym's keys."""

    def __init__(self, gym: Gym, passes: tuple[Pass, ...], day: datetime) -> None:
        self._keys = gym.cloud.keys
        self._passes = passes
        self._phones = [Ed25519PrivateKey.generate() for _ in passes]
        self._ids = [tokens.new_card().card_id for _ in passes]
        issuer = Ed25519PrivateKey.generate()
        self.issuer_key = IssuerKeyBody(public_key=issuer.public_key().public_bytes_raw())
        self.vouchers = [
            signing.issue_voucher(
                issuer,
                key_number=ISSUER_KEY,
                gym_id=self._keys.gym_id,
                gym_number=self._keys.gym_number,
                site_number=0,
                last_valid_on=(day + timedelta(days=1)).date(),
            )
            for _ in passes
        ]

    def code(self, scan: Scan, now: datetime) -> Code:
        match self._passes[scan.shown].kind:
            case PassKind.CARD:
                return Code(tokens.to_text(tokens.CardToken(self._ids[scan.shown])))
            case PassKind.BARCODE:
                return Code(self._ids[scan.shown].hex())
            case PassKind.VOUCHER:
                voucher = self.vouchers[scan.shown]
                return Code(tokens.to_text(replace(voucher, signature=bytes(64)) if scan.forged else voucher))
            case PassKind.LIVE:
                key = Ed25519PrivateKey.generate() if scan.forged else self._phones[scan.shown]
                live = signing.sign_live(
                    key,
                    credential_id=self._ids[scan.shown][:8],
                    signed_at=now - scan.code_age,
                    gym_id=self._keys.gym_id,
                )
                return Code(tokens.to_text(live))

    def lookup(self, place: int) -> bytes:
        kind, id_ = self._passes[place].kind, self._ids[place]
        secrets = {
            PassKind.CARD: id_,
            PassKind.LIVE: id_[:8],
            PassKind.VOUCHER: self.vouchers[place].voucher_id,
            PassKind.BARCODE: barcode_secret(QR, id_.hex()),
        }
        return lookup_hash(self._keys.pepper, kind, secrets[kind])

    def row(self, place: int, world: World) -> CredentialBody | None:
        """What the roster says of a pass; None when it does not know it."""
        facts = self._passes[place]
        if facts.kind is PassKind.VOUCHER:
            facts = replace(facts, holder=-1 if facts.status is PassStatus.REVOKED else None)
        if facts.holder is None:
            return None
        member = None if facts.holder < 0 else world.members[facts.holder].id
        live = facts.kind is PassKind.LIVE
        return CredentialBody(
            kind=facts.kind,
            status=facts.status,
            member_id=member,
            other_site=facts.holder < 0 and facts.kind is not PassKind.VOUCHER,
            algorithm=KeyAlgorithm.ED25519 if live else None,
            public_key=self._phones[place].public_key().public_bytes_raw() if live else None,
            wrapped_key=None,
        )


class CloudDoor:
    """The cloud's side: the site and its roster in the real tables, verdicts by the real judge."""

    def __init__(self, gym: Gym) -> None:
        self._gym = gym
        self._device_id = uuid4()  # other worlds' events are other doors'
        with gym.cloud.database.transaction() as session:
            draft = SiteDraft(name="New", zone="UTC")
            self.site_id: UUID = create_site(session, gym.cloud.keys, draft, by="system").id

    def take_in(self, world: World, wallet: Wallet) -> None:
        keys = self._gym.cloud.keys
        with self._gym.cloud.database.transaction() as session:
            change_site(session, self.site_id, world.site, by="system")
            self._put(session, RowKind.ISSUER_KEY, str(ISSUER_KEY), wallet.issuer_key)
            for plan in world.plans:
                self._put(session, RowKind.PLAN, str(plan.id), plan)
            for member in world.members:
                self._put(session, RowKind.MEMBER, str(member.id), member)
            for place in range(len(world.passes)):
                if (body := wallet.row(place, world)) is not None:
                    self._put(session, RowKind.CREDENTIAL, wallet.lookup(place).hex(), body)
            for voucher in wallet.vouchers:
                learn_voucher(
                    session,
                    keys,
                    voucher.voucher_id,
                    member_id=world.members[0].id,
                    membership_id=None,
                    site_number=0,
                    last_valid_on=voucher.last_valid_on,
                )

    def _put(self, session, kind: RowKind, key: str, body) -> None:
        roster.put(session, site_id=self.site_id, kind=kind, key=key, body=body.model_dump_json())

    def snapshot(self):
        with self._gym.cloud.database.reading() as session:
            return read_snapshot(session, self.site_id)

    def judge(self, event: EventRecord) -> Decision:
        """The verdict on an event that has just arrived, which is stored afterwards."""
        now = self._gym.clock.now()
        arrival = AttendanceRecorded(
            device_id=self._device_id,
            site_id=self.site_id,
            stream_id=STREAM_ID,
            received_at=now,
            effective_at=event.door_at,
            flags=[],
            event=event,
        )
        with self._gym.cloud.database.transaction() as session:
            verdict = judge(session, arrival)
            record(session, self._gym.cloud.keys, [arrival])
        return verdict


class KioskDoor:
    """The kiosk's side: its real store with the roster as a snapshot brought it, and its real door."""

    def __init__(self, folder: Path, gym: Gym, cloud: CloudDoor) -> None:
        self._clock = gym.clock
        self.store: Store = open_store(folder, gym.clock, reserve_size=1)
        self.store.events.open_stream(STREAM_ID)
        self._contact = Contact()
        self._contact.answered()
        post = Post(
            gym_id=gym.cloud.keys.gym_id,
            gym_number=gym.cloud.keys.gym_number,
            site_id=SiteId(cloud.site_id),
            site_name="New",
            direction=Direction.ENTRY,
            pepper=gym.cloud.keys.pepper,
        )
        self.door = Door(self.store, post, self._contact)

    def take_in(self, cloud: CloudDoor, *, server_was_heard: bool) -> None:
        if server_was_heard:
            self.store.timekeeper.take(self._clock.now(), timedelta(0))
        look = self.store.timekeeper.look()
        confirmed = Confirmed(look.door.at, look.boot_ns, look.boot_id)
        self.store.roster.swap(self.store.roster.build(cloud.snapshot(), confirmed))

    def scan(self, code: Code) -> tuple[Decision, EventRecord] | None:
        """The verdict and its event; None when there is no event for it."""
        verdict = self.door.scan(code)
        if not isinstance(verdict, Verdict) or verdict.event_id is None:
            return None
        with sqlite3.connect(self.store.folder / "events.db") as connection:
            row = connection.execute("SELECT body FROM event WHERE id = ?", (verdict.event_id.bytes,)).fetchone()
        decision = verdict.decision
        if isinstance(decision, Denied):
            decision = replace(decision, voucher_may_help=False)  # the event does not say whether there was contact
        return decision, EventRecord.model_validate_json(row[0])
