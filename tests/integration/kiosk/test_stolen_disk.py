"""Promise 8: a copy of the kiosk's data folder names nobody and makes no pass."""

import logging
import random
import shutil

import numpy as np
import pytest

from kiosk.enrolment.identity import save_identity
from shared.contracts.base import to_base64
from shared.domain.decision import Granted
from shared.domain.passes import PassKind
from shared.passtoken import tokens
from tests.support.builders import seconds
from tests.support.kiosk import DEVICE_KEYS, a_kiosk, an_identity
from tests.support.small_gym import PEPPER, Code, SmallGym, a_person

MEMBERS = 1000
CARD_SIZE = 16
_SYLLABLES = ("ka", "ri", "mo", "sven", "ul", "tor", "bjø", "lin", "da", "pe", "ra", "shi")


def a_name(rng):
    return "".join(rng.choices(_SYLLABLES, k=4)).capitalize() + f" {rng.choice('ABCDEFGH')}."


@pytest.fixture(scope="module")
def members():
    rng = random.Random(11)
    return [
        a_person(
            f"{a_name(rng)}{number:04}",
            extra={"email": f"m{number:04}.{a_name(rng)[:6]}@post.example", "phone": f"+45 7{rng.randrange(10**9):09}"},
            barcode=f"{rng.randrange(10**12):012}",
        )
        for number in range(MEMBERS)
    ]


@pytest.fixture(scope="module")
def stolen(members, tmp_path_factory):
    """A busy day at the door, and a copy of the disk taken while the kiosk runs."""
    folder = tmp_path_factory.mktemp("kiosk") / "data"
    kiosk = a_kiosk(folder, SmallGym(*members))
    save_identity(folder, an_identity())
    seen = []
    for number, one in enumerate(members):
        kiosk.clock.advance(1)
        code = one.live(kiosk.clock.wall) if number % 3 == 0 else one.tag if number % 3 == 1 else one.card
        seen.append(kiosk.door.scan(code))
    kiosk.pusher.step()
    assert all(isinstance(verdict.decision, Granted) for verdict in seen)
    assert sum(verdict.name is not None for verdict in seen) >= 600
    copy = folder.parent / "copy"
    shutil.copytree(folder, copy)
    kiosk.store.close()
    return b"\0".join(path.read_bytes() for path in sorted(copy.iterdir()))


def dresses(value):
    """A value in everything it may wear: text in two encodings, raw, hex, base64, base45."""
    raw = value if isinstance(value, bytes) else value.encode()
    yield from (raw, raw.hex().encode(), raw.hex().upper().encode(), to_base64(raw).encode())
    if isinstance(value, str):
        yield value.encode("utf-16-le")
    elif len(value) == CARD_SIZE:
        yield tokens.to_text(tokens.CardToken(value))[2:].encode()


def found(disk, values):
    """Those values that are on the disk. Looks for the first eight bytes of all of them at once."""
    wanted = {}
    for value in values:
        for dress in dresses(value):
            wanted.setdefault(int.from_bytes(dress[:8], "little"), []).append((dress, value))
    disk += bytes(8)
    heads = np.array(sorted(wanted), dtype="<u8")
    hits = set()
    for offset in range(8):
        words = np.frombuffer(disk, dtype="<u8", offset=offset, count=(len(disk) - offset) // 8)
        for place in np.flatnonzero(np.isin(words, heads)):
            start = int(place) * 8 + offset
            hits.update(value for dress, value in wanted[int(words[place])] if disk.startswith(dress, start))
    return hits


def test_the_search_finds_what_is_there(stolen, members):
    there = [str(members[0].id), members[2].id.bytes, members[0].lookup(PassKind.CARD)]
    assert found(stolen, [*there, "not there at all"]) == set(there)


@pytest.mark.parametrize("what", ["name", "email", "phone", "card_id", "credential_id", "barcode", "content_key"])
def test_a_copied_data_folder_holds_none_of_a_thousand_members_things(stolen, members, what):
    things = [one.extra[what] if what in one.extra else getattr(one, what) for one in members]
    assert len(set(things)) == MEMBERS
    assert found(stolen, things) == set()


def test_a_copied_data_folder_holds_no_secret_of_the_gym_or_the_device(stolen):
    assert found(stolen, [PEPPER, DEVICE_KEYS.device_key]) == set()


def test_nothing_that_was_shown_gets_into_the_log(tmp_path, caplog):
    one = a_person("Unmistakable N.")
    kiosk = a_kiosk(tmp_path, SmallGym(one))
    with caplog.at_level(logging.DEBUG):
        kiosk.scan(one.card)
        kiosk.scan(one.live(kiosk.clock.wall + seconds(4)))
        kiosk.scan(one.tag)
        kiosk.scan(Code("G1 hostile %s %d {0}"))
    kiosk.store.close()
    assert found(caplog.text.encode(), [one.name, one.card_id, one.barcode, "G1 hostile"]) == set()
