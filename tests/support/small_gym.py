"""A gym as a kiosk sees it: members with passes, and the roster rows that the cloud would make of them."""

import dataclasses
import json
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.contracts.devices import Snapshot
from shared.contracts.roster import (
    CHECKSUM_MODULUS,
    CredentialBody,
    IssuerKeyBody,
    KeyAlgorithm,
    MemberBody,
    MembershipBody,
    PlanBody,
    RosterRow,
    RowKind,
    SiteBody,
    row_hash,
)
from shared.domain.membership import Membership
from shared.domain.passes import PassKind, PassStatus
from shared.domain.site import DoorPolicy, Site
from shared.passtoken import sealing, tokens
from shared.passtoken.lookup import barcode_secret, lookup_hash
from shared.passtoken.signing import issue_voucher, sign_live
from tests.support.builders import PLAN_ID, SITE_ID, TODAY, a_membership, a_plan, a_site, an_id, days

GYM_ID = UUID("6f1f7a3e-0d7b-4a53-9d61-1f0c2f7f8a10")
OTHER_GYM_ID = UUID("11111111-0d7b-4a53-9d61-1f0c2f7f8a10")
PEPPER = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Code:
    """What a reader delivers."""

    text: str
    format: str = "QRCode"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member with what they carry. ``name`` is the public one; ``extra`` is sealed with it."""

    id: UUID
    name: str
    memberships: tuple[Membership, ...]
    card_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(8))
    phone_key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    barcode: str = field(default_factory=lambda: f"{10**8 + secrets.randbelow(10**8)}")
    content_key: bytes = field(default_factory=sealing.new_content_key)
    blocked: bool = False
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def card(self) -> Code:
        return Code(tokens.to_text(tokens.CardToken(self.card_id)))

    @property
    def tag(self) -> Code:
        return Code(self.barcode, "Code128")

    def live(self, at: datetime, *, gym_id: UUID = GYM_ID, key: Ed25519PrivateKey | None = None) -> Code:
        token = sign_live(key or self.phone_key, credential_id=self.credential_id, signed_at=at, gym_id=gym_id)
        return Code(tokens.to_text(token))

    def lookup(self, kind: PassKind) -> bytes:
        secret = {
            PassKind.CARD: self.card_id,
            PassKind.LIVE: self.credential_id,
            PassKind.BARCODE: barcode_secret("Code128", self.barcode),
        }[kind]
        return lookup_hash(PEPPER, kind, secret)


def a_person(name: str = "Nora B.", *, number: int | None = None, **changes) -> Person:
    """A member with a paid monthly membership, an Ed25519 phone, a card and an old tag."""
    facts = {"id": an_id(number), "name": name, "memberships": (a_membership(id=an_id()),), **changes}
    return Person(**facts)


class SmallGym:
    """The roster of one site as the cloud keeps it: rows with versions, an epoch, tombstones."""

    def __init__(self, *people: Person, policy: DoorPolicy | None = None, site: Site | None = None) -> None:
        self.epoch = uuid4()
        self.version = 0
        self.rows: dict[tuple[RowKind, str], RosterRow] = {}
        self.issuer = Ed25519PrivateKey.generate()
        self.site = site or a_site(policy=policy or DoorPolicy(linear_symbologies=frozenset({"Code128"})))
        self.put_site(self.site)
        self.put(RowKind.PLAN, str(PLAN_ID), PlanBody.from_domain(a_plan()).model_dump_json())
        key = IssuerKeyBody(public_key=self.issuer.public_key().public_bytes_raw())
        self.put(RowKind.ISSUER_KEY, "1", key.model_dump_json())
        for person in people:
            self.put_person(person)

    def put(self, kind: RowKind, key: str, body: str | None) -> None:
        """A row's new state; None is a tombstone."""
        self.version += 1
        self.rows[kind, key] = RosterRow(kind=kind, key=key, version=self.version, body=body)

    def put_site(self, site: Site) -> None:
        self.site = site
        self.put(RowKind.SITE, str(site.id), SiteBody.from_domain(site).model_dump_json())

    def put_policy(self, **changes) -> None:
        self.put_site(dataclasses.replace(self.site, policy=dataclasses.replace(self.site.policy, **changes)))

    def put_person(self, person: Person) -> None:
        self.put_member(person)
        for kind in (PassKind.CARD, PassKind.LIVE, PassKind.BARCODE):
            self.put_credential(person, kind)

    def put_member(self, person: Person) -> None:
        card = json.dumps([person.name, person.extra], ensure_ascii=False).encode()
        body = MemberBody(
            id=person.id,
            memberships=[MembershipBody.from_domain(item) for item in person.memberships],
            blocked=person.blocked,
            blocked_until=None,
            host_id=None,
            document_missing=False,
            sealed=sealing.seal(person.content_key, card, about=person.id.bytes),
            site_wrap=None,
        )
        self.put(RowKind.MEMBER, str(person.id), body.model_dump_json())

    def put_credential(
        self, person: Person, kind: PassKind, *, status: PassStatus = PassStatus.ACTIVE, other_site: bool = False
    ) -> None:
        live = kind is PassKind.LIVE
        secret = {PassKind.CARD: person.card_id, PassKind.LIVE: person.credential_id}.get(kind)
        body = CredentialBody(
            kind=kind,
            status=status,
            member_id=None if other_site else person.id,
            other_site=other_site,
            algorithm=_algorithm(person) if live else None,
            public_key=_public_key(person) if live else None,
            wrapped_key=None if secret is None else sealing.wrap_for_credential(person.content_key, secret),
        )
        self.put(RowKind.CREDENTIAL, person.lookup(kind).hex(), body.model_dump_json())

    def put_revoked_voucher(self, voucher: tokens.VoucherToken) -> None:
        body = CredentialBody(
            kind=PassKind.VOUCHER,
            status=PassStatus.REVOKED,
            member_id=None,
            other_site=False,
            algorithm=None,
            public_key=None,
            wrapped_key=None,
        )
        lookup = lookup_hash(PEPPER, PassKind.VOUCHER, voucher.voucher_id)
        self.put(RowKind.CREDENTIAL, lookup.hex(), body.model_dump_json())

    def remove(self, kind: RowKind, key: str) -> None:
        self.put(kind, key, None)

    def voucher(self, **changes) -> tokens.VoucherToken:
        """A purchase code for every site, good until tomorrow."""
        facts = {"key_number": 1, "gym_id": GYM_ID, "gym_number": 7, "site_number": 0, "last_valid_on": TODAY + days(1)}
        return issue_voucher(self.issuer, **{**facts, **changes})

    @property
    def checksum(self) -> int:
        living = (row for row in self.rows.values() if row.body is not None)
        return sum(row_hash(row.kind.value, row.key, row.version, row.body) for row in living) % CHECKSUM_MODULUS

    def snapshot(self) -> Snapshot:
        rows = [row for row in self.rows.values() if row.body is not None]
        return Snapshot(epoch=self.epoch, version=self.version, checksum=self.checksum, rows=rows)


def voucher_code(token: tokens.VoucherToken) -> Code:
    return Code(tokens.to_text(token))


def a_p256_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def paid_until(day: date, **changes) -> Membership:
    return a_membership(id=an_id(), paid_through_on=day, **changes)


def site_row_key() -> str:
    return str(SITE_ID)


def _algorithm(person: Person) -> KeyAlgorithm:
    return KeyAlgorithm.ED25519 if isinstance(person.phone_key, Ed25519PrivateKey) else KeyAlgorithm.P256


def _public_key(person: Person) -> bytes:
    public = person.phone_key.public_key()
    if isinstance(person.phone_key, Ed25519PrivateKey):
        return public.public_bytes_raw()
    return public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
