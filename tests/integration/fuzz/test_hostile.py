"""Whatever is put into any place of any request: a documented answer, and nothing but that text where it is kept."""

import os
from collections import Counter
from datetime import timedelta
from itertools import count, cycle
from uuid import uuid4

import httpx
import pytest
import sqlmodel
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import func, inspect, select, table

from cloud_api.common.tables import FailedMessage
from cloud_api.settings import SERVICES
from shared.contracts.base import to_base64
from tests.support.fuzzed import OWNERS
from tests.support.hostile import FEW, TEXTS, Attacks
from tests.support.planting import Planter

AS_DOCUMENTED = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CHOSEN = {
    "algorithm": "ed25519",
    "at": "2026-03-18T11:00:00Z",
    "currency": "DKK",
    "done_on": "2026-03-17",
    "end": "2026-04-01",
    "exceptions": {},
    "first": "2026-03-20T00:00:00Z",
    "host_id": None,
    "kind": "sale",
    "last": "2026-03-25",
    "linear_symbologies": "EAN13",
    "lookup": "A" * 22,
    "method": "terminal",
    "months": 1,
    "nonce": "A" * 43,
    "public_key": "A" * 43,
    "signature": "A" * 86,
    "starts_on": None,
    "upload": f"{'0' * 32}-9.png",
    "voucher_id": "A" * 11,
    "wait": 0,
    "zone": "Europe/Copenhagen",
}
"""Good values where the document does not say enough to find one."""
TOLD_AS = {"POST /v1/machines/{machine_id}/faults/{fault_id}/resolve": {"note": "resolution"}}
"""What is told under another name than it was sent."""
HOW_MANY = int(os.environ.get("FIT_FUZZ_EXAMPLES", "0")) // 4 or FEW
TEXTS_ON = {"mysql": 12, "sqlite": 4} if HOW_MANY == FEW else {}
"""In the short form each place gets some of the texts, in turn: more on the stricter database."""


class Siege:
    """Attacks one gym's operations and keeps count. ``kept``: how often a text was taken in and told again."""

    def __init__(self, fuzzed):
        self.fuzzed = fuzzed
        self.writer = fuzzed.gym.cloud.database.writer
        self.attacks = Attacks(few=HOW_MANY, texts=TEXTS_ON.get(self.writer.dialect.name, len(TEXTS)))
        self.answers, self.kept = Counter(), Counter()
        self.tables = inspect(self.writer).get_table_names()
        self.numbers = count(10_000)
        self.members = cycle({"member_id": known["member_id"]} for known in fuzzed.known[:-1])

    def good(self, operation, known):
        """A request as documented, about things that are there; every text and new id is another one each time."""
        site = known["site_id"]
        known = {**CHOSEN, **known, "home_site_id": site, "site_ids": site, **self.fresh(operation, known)}
        planter = Planter(self.fuzzed.document, known, _numbers=self.numbers)
        good = planter.request(operation.method.upper(), operation.path)
        good["params"] = {name: value for name, value in good["params"].items() if name not in ("further", "after")}
        return good

    def fresh(self, operation, known):
        fresh = {"id": str(uuid4()), "credential_id": to_base64(os.urandom(8))}
        if "{machine_id}" in operation.path:
            fresh["version"] = self.fuzzed.gym.owner.get(f"/v1/machines/{known['machine_id']}").json().get("version", 1)
        if operation.method == "post" and "{order_id}" in operation.path:
            of_someone = {**known, **next(self.members)}
            fresh |= self.fuzzed.order(of_someone, paid=not operation.path.endswith("/payments"))
        return fresh

    def on(self, operation, known):
        """Every attack on an operation."""
        good = self.good(operation, known)
        yield from self.attacks.of_path(good, operation.path)
        yield from self.attacks.of_query(good, [item.name for item in operation.query if item.name == "after"])
        if "json" in good:
            yield from self.attacks.of_body(lambda: self.good(operation, known))
            yield from self.attacks.of_whole_body(good)
        yield from self.attacks.of_headers(good, 2)

    def strike(self, client, operation, attack):
        """Send it and look at the answer."""
        answer = client.request(**attack.request)
        where = (operation.label, attack.place, str(attack.text)[:80], answer.status_code, answer.text[:300])
        assert answer.status_code < 500, where
        assert "set-cookie" not in answer.headers, where
        if not (attack.is_elsewhere and answer.status_code in (404, 405)):
            check_documented(operation, answer)
        self.answers[answer.status_code // 100] += 1
        if answer.is_success and answer.content and attack.name and attack.text.strip():
            self.read_back(client, operation, attack, answer, where)

    def read_back(self, client, operation, attack, answer, where):
        """What the answer tells of it, and what is read afterwards, is the text as it was sent."""
        name = TOLD_AS.get(operation.label, {}).get(attack.name, attack.name)
        for told in (answer.json(), self.read_again(client, operation, attack, answer)):
            values = list(told_as(told, name))
            assert not values or {attack.text, attack.text.strip()} & set(values), (*where, values)
            self.kept[attack.text] += bool(values)

    def read_again(self, client, operation, attack, answer):
        told, url = answer.json(), attack.request["url"]
        if operation.method == "post":
            url = f"{url}/{told.get('id')}" if isinstance(told, dict) else url
        found = client.get(url)
        return found.json() if found.status_code == 200 else {}

    def counts(self):
        every = [select(func.count()).select_from(table(name)) for name in self.tables]
        with self.writer.connect() as connection:
            return {name: connection.scalar(query) for name, query in zip(self.tables, every, strict=True)}

    def assert_consumers_took_it_in(self):
        self.fuzzed.gym.dispatch()
        with self.fuzzed.gym.cloud.database.reading() as session:
            assert [(row.consumer, row.error) for row in session.exec(sqlmodel.select(FailedMessage))] == []


def check_documented(operation, answer):
    """Whether status, type, headers and content are what the document says."""
    headers = [(name, value) for name, value in answer.headers.multi_items() if name != "content-encoding"]
    harmless = httpx.Request(operation.method, "https://fit.test/")
    copied = httpx.Response(answer.status_code, headers=headers, content=answer.content, request=harmless)
    copied.elapsed = timedelta()
    names = [item.name for item in operation.path_parameters]
    operation.Case(path_parameters=dict.fromkeys(names, "x")).validate_response(copied, checks=AS_DOCUMENTED)


def told_as(value, name):
    """Every text under a name, at any depth."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key == name and isinstance(item, str):
                yield item
            yield from told_as(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from told_as(item, name)


@pytest.fixture(scope="module")
def siege(fuzzed):
    return Siege(fuzzed)


@pytest.mark.parametrize("owner", OWNERS)
def test_a_hostile_text_gets_a_documented_answer_and_changes_nothing_else(siege, owner):
    before = siege.counts()
    with siege.fuzzed.gym.client() as client:
        for number, operation in enumerate(siege.fuzzed.operations(owner)):
            client.headers["Authorization"] = f"Bearer {siege.fuzzed.token_for(operation.path)}"
            known = siege.fuzzed.known_for(operation, number)
            for attack in siege.on(operation, known):
                siege.strike(client, operation, attack)
    after = siege.counts()
    assert siege.answers[2] or owner == "common"  # not all of it ends at a gate
    others = tuple(f"{service}_" for service in SERVICES if service != owner)
    assert {name for name in siege.tables if before[name] != after[name] and name.startswith(others)} == set()
    siege.assert_consumers_took_it_in()
