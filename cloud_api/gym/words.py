"""The words that staff find a member by: folded, a row each, so that the beginning of any of them is found at once."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import delete
from sqlmodel import Session, col

from cloud_api.common.database import execute_many
from cloud_api.gym.tables import MemberRow, MemberWordRow

LONGEST = 64
_BEYOND = "\U0010ffff"
_FOLDED = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ð": "d", "đ": "d", "þ": "th", "ł": "l", "ı": "i"})
_DIALLED = re.compile(r"[\d\s+()/.-]*\d[\d\s+()/.-]*")
_LONGEST_COUNTRY_CODE, _SHORTEST_PHONE = 3, 4


def keep_words(session: Session, rows: Sequence[MemberRow], *, fresh: bool = False) -> None:
    """Bring the words of living members up to date; ``fresh``: they have none yet."""
    if not fresh:
        forget_words(session, [row.id for row in rows])
    found = [
        (row.id.bytes, word)
        for row in rows
        for word in sorted(
            words_of(given=row.given_name, family=row.family_name, email=row.email, phone=row.phone, number=row.number)
        )
    ]
    if found:
        execute_many(session, "INSERT INTO gym_member_word (member_id, word) VALUES (?, ?)", found)


def forget_words(session: Session, member_ids: Iterable[object]) -> None:
    session.execute(delete(MemberWordRow).where(col(MemberWordRow.member_id).in_(list(member_ids))))


def words_of(*, given: str, family: str, email: str | None, phone: str | None, number: str | None) -> set[str]:
    """Whole words and their parts; a phone number also without its country code."""
    chunks = [chunk for name in (given, family) for chunk in fold(name).split()]
    words = {part for chunk in chunks for part in (_bare(chunk), *_parts(chunk))}
    if email is not None:
        address = fold(email)
        local, _, domain = address.rpartition("@")
        words |= {address, local, domain, *_parts(local)}
    if phone is not None:
        digits = _digits(phone)
        ends = {digits[skipped:] for skipped in range(_LONGEST_COUNTRY_CODE + 1)}
        words |= {end for end in ends if len(end) >= _SHORTEST_PHONE or end == digits}
    if number is not None:
        folded = fold(number)
        words |= {folded, folded.lstrip("0"), *folded.split()}
    return {word[:LONGEST] for word in words if word}


def asked_for(search: str) -> list[str]:
    """What each wanted member must have a word beginning with. A number may be typed with spaces, as it is read out."""
    if _DIALLED.fullmatch(search):
        return [_digits(search)[:LONGEST]]
    return [_bare(chunk)[:LONGEST] or chunk[:LONGEST] for chunk in fold(search).split()]


def begins_with(prefix: str) -> tuple[str, str]:
    """The bounds of the words that begin so."""
    return prefix, prefix + _BEYOND


def fold(text: str) -> str:
    """As typed by someone in a hurry: lower case, without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each)).translate(_FOLDED)


def order_of(number: str) -> str:
    """What puts numbers in their order: 999 before 1000, and both before any with letters."""
    return number.rjust(40, "0") if number.isascii() and number.isdigit() else number


def _bare(chunk: str) -> str:
    return chunk.strip(".,;:()")


def _parts(chunk: str) -> list[str]:
    return re.findall(r"[^\W_]+", chunk)


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())
