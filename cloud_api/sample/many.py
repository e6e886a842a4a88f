"""Thousands of alike members for the bench: active on the monthly plan, each with a phone, written in bulk."""

import random
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session

from cloud_api.common.cloud import Cloud
from cloud_api.common.session import transaction_time
from cloud_api.gym.bulk import take_in_members
from cloud_api.qr.bulk import NewPhone, register_phones
from cloud_api.qr.phones import CREDENTIAL_ID_SIZE
from cloud_api.sample.names import draw_name
from cloud_api.sample.offer import BY, Offer
from cloud_api.sample.pass_making import phone_facts
from cloud_api.sample.secrets_file import SampleMember
from cloud_api.sample.states import GRANTED, State
from shared.contracts.gym import MemberDraft
from shared.domain.time import local_day

_A_TRANSACTION = 1000
_A_STATEMENT = 25
"""Members and their phones are written in turns, so that they are neighbours in a snapshot and compress well."""


def make_many(cloud: Cloud, offer: Offer, *, count: int, rng: random.Random) -> list[SampleMember]:
    made: list[SampleMember] = []
    while len(made) < count:
        with cloud.database.transaction() as session:
            for _ in range(_A_TRANSACTION // _A_STATEMENT):
                made += _make_some(session, cloud, offer, min(_A_STATEMENT, count - len(made)), rng)
    return made


def _make_some(session: Session, cloud: Cloud, offer: Offer, count: int, rng: random.Random) -> list[SampleMember]:
    if count == 0:
        return []
    today = local_day(transaction_time(session), ZoneInfo(offer.site.zone))
    names = [draw_name(rng) for _ in range(count)]
    drafts = [MemberDraft(given_name=given, family_name=family, home_site_id=offer.site.id) for given, family in names]
    days = [today - timedelta(days=rng.randrange(28)) for _ in range(count)]
    plan_id = offer.plans["monthly"].id
    ids = take_in_members(session, cloud.keys, drafts, plan_id=plan_id, starts_on=days, by=BY)
    privates = [Ed25519PrivateKey.generate() for _ in ids]
    phones = [_phone(member_id, private) for member_id, private in zip(ids, privates, strict=True)]
    passes = register_phones(session, cloud.keys, phones, by=BY)
    return _told(drafts, phones, privates, passes)


def _phone(member_id: UUID, private: Ed25519PrivateKey) -> NewPhone:
    return NewPhone(member_id, secrets.token_bytes(CREDENTIAL_ID_SIZE), private.public_key().public_bytes_raw())


def _told(
    drafts: Sequence[MemberDraft],
    phones: Sequence[NewPhone],
    privates: Sequence[Ed25519PrivateKey],
    passes: Sequence[UUID],
) -> list[SampleMember]:
    return [
        SampleMember(
            member_id=phone.member_id,
            number="",
            name=f"{draft.given_name} {draft.family_name}",
            state=State.ACTIVE.value,
            expected=GRANTED,
            pass_id=pass_id,
            **phone_facts(private, phone.credential_id),
        )
        for draft, phone, private, pass_id in zip(drafts, phones, privates, passes, strict=True)
    ]
