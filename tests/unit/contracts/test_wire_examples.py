"""The golden examples in docs/wire/examples: both sides of the wire read them, and they agree with one another."""

import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import BaseModel

import shared.contracts
from shared.contracts.base import Message
from shared.contracts.devices import EventUpload, SalvageUpload, TokenRequest, WipeOrder
from shared.contracts.roster import (
    CHECKSUM_MODULUS,
    CredentialBody,
    IssuerKeyBody,
    MemberBody,
    PlanBody,
    RosterRow,
    RowKind,
    SiteBody,
    row_hash,
)
from shared.passtoken.sealing import unseal, unwrap_with_site
from shared.passtoken.signing import challenge_message, is_signed, salvage_message, wipe_message

WIRE = Path(__file__).resolve().parents[3] / "docs" / "wire"
EXAMPLES = sorted((WIRE / "examples").glob("*.json"))
BODIES: dict[RowKind, type[Message]] = {
    RowKind.SITE: SiteBody,
    RowKind.PLAN: PlanBody,
    RowKind.MEMBER: MemberBody,
    RowKind.CREDENTIAL: CredentialBody,
    RowKind.ISSUER_KEY: IssuerKeyBody,
}


def messages() -> set[type[Message]]:
    """Every message of the wire that has a content."""
    for module in pkgutil.iter_modules(shared.contracts.__path__):
        importlib.import_module(f"shared.contracts.{module.name}")
    found: set[type[Message]] = set()
    waiting = [Message]
    while waiting:
        waiting += (subclasses := waiting.pop().__subclasses__())
        found.update(kind for kind in subclasses if kind.__module__.startswith("shared.contracts."))
    return {kind for kind in found if kind.model_fields}


BY_NAME = {re.sub(r"(?<=[a-z])(?=[A-Z])", "-", kind.__name__).lower(): kind for kind in messages()}


def kind_of(path: Path) -> type[Message]:
    """``event-upload.json`` and ``event-upload.empty.json`` are both an EventUpload."""
    return BY_NAME[path.name.split(".")[0]]


def read(name: str) -> Message:
    path = WIRE / "examples" / f"{name}.json"
    return kind_of(path).model_validate_json(path.read_bytes())


def within(value: object) -> Iterator[Message]:
    """A message and all messages in it."""
    if isinstance(value, Message):
        yield value
    parts = (
        value.__dict__.values() if isinstance(value, BaseModel) else value if isinstance(value, list | tuple) else ()
    )
    parts = value.values() if isinstance(value, dict) else parts
    for part in parts:
        yield from within(part)


def with_unknown_fields(message: object, wire: object) -> object:
    """What a newer program would send: every object has one more field."""
    if isinstance(message, Message):
        fields = {name: with_unknown_fields(getattr(message, name), wire[name]) for name in wire}
        return {**fields, "of_a_newer_version": {"any": ["thing"]}}
    if isinstance(message, list | tuple):
        return [with_unknown_fields(part, one) for part, one in zip(message, wire, strict=True)]
    return wire


each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)


@each_example
def test_an_example_is_read_and_written_back_alike(path):
    text = path.read_text(encoding="utf-8")
    message = kind_of(path).model_validate_json(text)
    assert json.loads(message.model_dump_json()) == json.loads(text)


@each_example
def test_an_unknown_field_is_ignored(path):
    wire = json.loads(path.read_bytes())
    message = kind_of(path).model_validate_json(path.read_bytes())
    newer = with_unknown_fields(message, wire)
    assert newer != wire
    assert kind_of(path).model_validate_json(json.dumps(newer)) == message


@each_example
def test_a_required_field_may_not_be_missing(path):
    wire = json.loads(path.read_bytes())
    for name, field in kind_of(path).model_fields.items():
        if field.is_required():
            less = {key: value for key, value in wire.items() if key != name}
            with pytest.raises(ValueError, match=name):
                kind_of(path).model_validate_json(json.dumps(less))


def test_every_message_is_in_an_example():
    shown = {type(part) for path in EXAMPLES for part in within(kind_of(path).model_validate_json(path.read_bytes()))}
    assert sorted(kind.__name__ for kind in messages() - shown) == []


# -- the examples agree with one another ----------------------------------------------------------------------------


def living(rows: list[RosterRow]) -> list[RosterRow]:
    return [row for row in rows if row.body is not None]


def checksum(rows: list[RosterRow]) -> int:
    return sum(row_hash(row.kind.value, row.key, row.version, row.body) for row in living(rows)) % CHECKSUM_MODULUS


def test_a_snapshot_adds_up_to_its_checksum():
    snapshot = read("snapshot")
    assert checksum(snapshot.rows) == snapshot.checksum
    assert max(row.version for row in snapshot.rows) == snapshot.version


def test_the_changes_applied_to_the_snapshot_add_up_to_theirs():
    snapshot, feed = read("snapshot"), read("feed-answer")
    rows = {(row.kind, row.key): row for row in [*snapshot.rows, *feed.rows]}
    assert checksum(list(rows.values())) == feed.checksum
    assert feed.epoch == snapshot.epoch
    assert [row.version for row in feed.rows] == [snapshot.version + 1, snapshot.version + 2]
    assert feed.version == feed.head_version == feed.rows[-1].version


def test_every_row_is_of_its_kind():
    rows = living([*read("snapshot").rows, *read("feed-answer").rows])
    for row in rows:
        BODIES[row.kind].model_validate_json(row.body)
    assert {row.kind for row in rows} == set(RowKind)


def test_the_member_in_the_snapshot_opens_with_the_site_key():
    site_key = read("enrolment").site_key
    member = read("member-body")
    content_key = unwrap_with_site(member.site_wrap, site_key)
    assert unseal(content_key, member.sealed, about=member.id.bytes) == b'["Nora B."]'


def test_the_signatures_in_the_examples_are_good():
    device_key, gym_key = read("enrol-request").public_key, read("enrolment").gym_public_key
    token, wipe, salvage = read("token-request"), read("wipe-order"), read("salvage-upload")
    assert isinstance(token, TokenRequest)
    assert is_signed(device_key, challenge_message(token.device_id, token.nonce), token.signature)
    assert isinstance(wipe, WipeOrder)
    order = wipe_message(gym_id=wipe.gym_id, device_id=wipe.device_id, ordered_at=wipe.ordered_at)
    assert is_signed(gym_key, order, wipe.signature)
    assert read("problem.device-revoked").wipe_order == wipe
    assert isinstance(salvage, SalvageUpload)
    assert is_signed(device_key, salvage_message(salvage.device_id, salvage.payload), salvage.signature)
    assert EventUpload.model_validate_json(salvage.payload).events == read("event-upload").events[-1:]


def test_the_answer_has_one_result_for_each_event():
    upload, answer = read("event-upload"), read("upload-answer")
    assert [(result.id, result.number) for result in answer.results] == [(e.id, e.number) for e in upload.events]


def test_the_void_names_the_check_in_it_takes_back():
    first, *_, void, _ = read("event-upload").events
    assert void.refers_to == first.id
    assert isinstance(first.id, UUID)
