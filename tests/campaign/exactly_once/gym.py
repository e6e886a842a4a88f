"""The small gym of the simulated world: three members with a card and a phone each, and their roster rows."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.contracts.roster import (
    CredentialBody,
    KeyAlgorithm,
    MemberBody,
    MembershipBody,
    PlanBody,
    RowKind,
    SiteBody,
)
from shared.domain.ids import PlanId
from shared.domain.passes import PassKind, PassStatus
from shared.passtoken.lookup import lookup_hash
from shared.passtoken.signing import sign_live
from shared.passtoken.tokens import CardToken, to_text
from tests.support.builders import PLAN_ID, SITE_ID, a_membership, a_plan, a_site, an_id

MEMBERS = 3
_FAR = date(2027, 12, 31)

Row = tuple[RowKind, str, str | None]
"""Kind, key and body of a roster row; None takes it out."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member's own things: what the card says, and the key in the phone."""

    id: UUID
    membership_id: UUID
    card_id: bytes
    credential_id: bytes
    phone_key: Ed25519PrivateKey

    def card(self) -> str:
        return to_text(CardToken(self.card_id))

    def live_code(self, at: datetime, gym_id: UUID) -> str:
        return to_text(sign_live(self.phone_key, credential_id=self.credential_id, signed_at=at, gym_id=gym_id))


@dataclass(frozen=True, slots=True)
class Standing:
    """What staff did to a member last. ``touched`` counts changes that nobody's entry depends on."""

    here: bool = True
    blocked: bool = False
    card_revoked: bool = False
    phone_revoked: bool = False
    touched: int = 0


def member(number: int) -> Member:
    seed = bytes([number + 1])
    return Member(
        id=an_id(100 + number),
        membership_id=an_id(200 + number),
        card_id=seed * 16,
        credential_id=seed * 8,
        phone_key=Ed25519PrivateKey.from_private_bytes(seed * 32),
    )


PEOPLE = tuple(member(number) for number in range(MEMBERS))


def common_rows() -> list[Row]:
    """Site and plan."""
    site, plan = a_site(), a_plan(id=PlanId(PLAN_ID))
    return [
        (RowKind.SITE, str(SITE_ID), SiteBody.from_domain(site).model_dump_json()),
        (RowKind.PLAN, str(PLAN_ID), PlanBody.from_domain(plan).model_dump_json()),
    ]


def rows_of(one: Member, standing: Standing, *, pepper: bytes) -> list[Row]:
    """A member's row and those of both passes; tombstones for a member who is gone."""
    keys = {kind: lookup_hash(pepper, kind, secret).hex() for kind, secret in _secrets(one)}
    if not standing.here:
        return [(RowKind.MEMBER, str(one.id), None), *((RowKind.CREDENTIAL, key, None) for key in keys.values())]
    revoked = {PassKind.CARD: standing.card_revoked, PassKind.LIVE: standing.phone_revoked}
    return [
        (RowKind.MEMBER, str(one.id), _member_body(one, standing)),
        *((RowKind.CREDENTIAL, key, _credential_body(one, kind, revoked=revoked[kind])) for kind, key in keys.items()),
    ]


def _secrets(one: Member) -> list[tuple[PassKind, bytes]]:
    return [(PassKind.CARD, one.card_id), (PassKind.LIVE, one.credential_id)]


def _member_body(one: Member, standing: Standing) -> str:
    membership = a_membership(id=one.membership_id, paid_through_on=_FAR)
    return MemberBody(
        id=one.id,
        memberships=[MembershipBody.from_domain(membership)],
        blocked=standing.blocked,
        blocked_until=None,
        host_id=None,
        document_missing=False,
        sealed=standing.touched.to_bytes(4, "big"),
        site_wrap=None,
    ).model_dump_json()


def _credential_body(one: Member, kind: PassKind, *, revoked: bool) -> str:
    live = kind is PassKind.LIVE
    return CredentialBody(
        kind=kind,
        status=PassStatus.REVOKED if revoked else PassStatus.ACTIVE,
        member_id=one.id,
        other_site=False,
        algorithm=KeyAlgorithm.ED25519 if live else None,
        public_key=one.phone_key.public_key().public_bytes_raw() if live else None,
        wrapped_key=None,
    ).model_dump_json()
