"""Who changes something has a row in the audit log: who, what, to what, from where, before and after.

Every route that changes something stands in one of the two tables below; a new one fails the test until it does.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import select

from admin_desktop.audit.texts import TEXTS
from cloud_api.app import api_routes, operation_of
from cloud_api.common.audit_chain import find_break
from cloud_api.common.tables import AuditHead, AuditRow
from cloud_api.identity import sessions
from cloud_api.identity.passwords import hash_password
from shared.domain.roles import Group
from tests.support.builders import an_id
from tests.support.cashier import TERMINAL, TRANSFER, Cashier
from tests.support.cloud import Gym
from tests.support.equipment import Equipment
from tests.support.heartbeats import WELL
from tests.support.pictures import a_picture
from tests.support.reception import ok

ELSEWHERE = {
    "POST /v1/devices/self/events": "attendance is its own record",
    "POST /v1/devices/self/heartbeat": "a device says how it is; nobody changes it",
    "POST /v1/devices/self/openings/{opening_id}": "a device says what became of an order, which has its row",
    "POST /v1/machines/{machine_id}/image-uploads": "a place to send bytes to: who takes them in is written down",
    "POST /v1/members/{member_id}/photo-uploads": "a place to send bytes to: who takes them in is written down",
    "POST /v1/pass-lookups": "reads: a code does not go into a URL",
}
"""Routes with a gate that send something and leave no row, each with its reason."""

PASSWORD, CARD = "correct horse battery", "OLD-TAG-4711"


@dataclass
class World:
    """A gym with one of everything, and an Owner at a desk who does all that the test is about."""

    gym: Gym
    cashier: Cashier

    def __post_init__(self) -> None:
        self.desk, self.equipment = self.cashier.desk, Equipment(self.cashier.desk)
        self.owner_id = self.gym.person(Group.OWNER)
        with self.gym.cloud.database.transaction() as session:
            sessions.set_password(session, self.owner_id, hash_password(PASSWORD))
        with self.gym.cloud.database.transaction() as session:
            signed_in = sessions.open_session(session, self.owner_id, tokens=self.gym.cloud.tokens, desk="reception")
        self.client = self.gym.client(signed_in.access_token)
        self.before: Collection[tuple[str, int]] = ()

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """As the Owner. The rows of before are remembered: what the last call leaves is looked at."""
        self.before = rows_of(self).keys()
        answer = self.client.request(method, path, json=body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def membership(self) -> dict[str, Any]:
        return self.desk.sell(self.desk.member(), self.cashier.plan_id)

    def mail(self) -> str:
        """The id of a mail that went, or failed."""
        member_id = self.desk.member(email="nora@fit.test")
        self.send("POST", f"/v1/members/{member_id}/cards", {"send_by_mail": True})
        self.gym.dispatch()
        with self.gym.cloud.database.transaction() as session:
            from cloud_api.notifications.tables import MailRow

            row = session.exec(select(MailRow).where(MailRow.member_id == member_id)).one()
            row.state = "sent"
            session.add(row)
            return str(row.id)


def _person(world: World) -> str:
    return str(world.gym.person(Group.STAFF))


def _voucher(world: World) -> str:
    made = world.send("POST", f"/v1/members/{world.desk.member()}/vouchers", {}).json()
    return str(made["voucher"]["id"])


def _entry(world: World) -> str:
    body = {"member_id": str(world.desk.member()), "site_id": str(world.gym.site_id)}
    return str(ok(world.desk.client.post("/v1/attendance", json=body))["id"])


def _held(world: World) -> str:
    from cloud_api.gym.tables import AttendanceRow

    event_id = _entry(world)
    with world.gym.cloud.database.transaction() as session:
        for row in session.exec(select(AttendanceRow)):
            row.is_held = True
            session.add(row)
    return event_id


def _fault(world: World) -> tuple[str, str]:
    machine = world.equipment.machine()
    (fault,) = ok(world.equipment.post(machine, "faults", description="squeaks"))["faults"]
    return machine["id"], fault["id"]


def _image(world: World, pictures: int = 1) -> tuple[dict[str, Any], list[str]]:
    machine = world.equipment.machine()
    for number in range(pictures):
        machine = world.equipment.add_image(machine, a_picture(colour=(number, 30, 30)))
    return machine, [image["id"] for image in machine["images"]]


def _put_images(world: World) -> Any:
    machine, images = _image(world, 2)
    body = {"image_ids": images[::-1], "version": machine["version"]}
    return world.send("PUT", f"/v1/machines/{machine['id']}/images", body)


def _set_photo(world: World) -> Any:
    member_id, content = world.desk.member(), a_picture()
    upload = world.equipment.send(f"/v1/members/{member_id}/photo-uploads", content)
    return world.send("PUT", f"/v1/members/{member_id}/photo", {"upload": upload})


def _remove_photo(world: World) -> Any:
    member_id = world.desk.member()
    world.equipment.set_photo(member_id)
    return world.send("DELETE", f"/v1/members/{member_id}/photo")


def _add_image(world: World) -> Any:
    machine = world.equipment.machine()
    upload = world.equipment.send_image(machine)
    return world.send("POST", f"/v1/machines/{machine['id']}/images", {"upload": upload})


def _remove_image(world: World) -> Any:
    machine, (image_id,) = _image(world)
    return world.send("DELETE", f"/v1/machines/{machine['id']}/images/{image_id}")


def _change_machine(world: World) -> Any:
    machine = world.equipment.machine()
    return world.send("PUT", f"/v1/machines/{machine['id']}", {**machine, "name": "Rower 4"})


def _resolve(world: World) -> Any:
    machine_id, fault_id = _fault(world)
    return world.send("POST", f"/v1/machines/{machine_id}/faults/{fault_id}/resolve", {})


def _machine_path(world: World, rest: str = "") -> str:
    return f"/v1/machines/{world.equipment.machine()['id']}{rest}"


def _till(world: World) -> dict[str, Any]:
    site_id = str(world.desk.site())
    world.gym.dispatch()
    return world.cashier.open_till(site_id=site_id)


def _new_order(world: World) -> Any:
    facts = {"id": str(an_id()), "site_id": str(world.gym.site_id), "member_id": str(world.cashier.member())}
    return world.send("POST", "/v1/orders", {**facts, "lines": [world.cashier.sale()]})


def _open_till(world: World) -> Any:
    facts = {"id": str(an_id()), "site_id": str(world.gym.site_id), "currency": "DKK", "float_minor": 5}
    return world.send("POST", "/v1/tills", facts)


def _money(world: World, what: str, **body: Any) -> Any:
    order = world.cashier.order() if what == "payments" else world.cashier.paid()
    more = {"payment_id": order["payment_id"]} if what == "corrections" else {}
    return world.send("POST", f"/v1/orders/{order['id']}/{what}", {"id": str(an_id()), **more, **body})


def _change_plan(world: World) -> Any:
    plan = next(p for p in ok(world.client.get("/v1/plans"))["items"] if p["id"] == str(world.cashier.plan_id))
    return world.send("PUT", f"/v1/plans/{plan['id']}", {**plan, "price_minor": 39_900})


def _change_site(world: World) -> Any:
    site = ok(world.client.get(f"/v1/sites/{world.gym.site_id}"))
    return world.send("PUT", f"/v1/sites/{site['id']}", {**site, "policy": {**site["policy"], "grace_days": 9}})


def _change_member(world: World) -> Any:
    member = world.desk.read(world.desk.member())
    return world.send("PUT", f"/v1/members/{member['id']}", {**member, "phone": "+4520304050"})


def _unblock(world: World) -> Any:
    member_id = world.desk.member()
    ok(world.desk.client.post(f"/v1/members/{member_id}/block", json={"note": "owes a towel"}))
    return world.send("POST", f"/v1/members/{member_id}/unblock")


def _membership(world: World, what: str, body: Any = None) -> Any:
    return world.send("POST", f"/v1/memberships/{world.membership()['id']}/{what}", body)


def _renew(world: World) -> Any:
    held = world.membership()
    body = {"paid_through_on": held["paid_through_on"]}
    return world.send("POST", f"/v1/memberships/{held['id']}/renew", body)


def _pause(world: World) -> Any:
    held = world.membership()
    body = {"first": held["starts_on"], "end": held["paid_through_on"]}
    return world.send("POST", f"/v1/memberships/{held['id']}/pause", body)


def _thaw(world: World) -> Any:
    held = world.membership()
    pause = {"first": held["starts_on"], "end": held["paid_through_on"]}
    ok(world.desk.client.post(f"/v1/memberships/{held['id']}/pause", json=pause))
    return world.send("POST", f"/v1/memberships/{held['id']}/thaw", {**pause, "back_on": pause["first"]})


def _resume(world: World) -> Any:
    held = world.membership()
    ok(world.desk.client.post(f"/v1/memberships/{held['id']}/cancel"))
    return world.send("POST", f"/v1/memberships/{held['id']}/resume")


def _barcode(world: World, number: int) -> dict[str, Any]:
    return {"symbology": "Code128", "text": f"OLD-{number}"}


def _phone(world: World) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from shared.contracts.base import to_base64

    key = to_base64(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    body = {"label": "phone", "algorithm": "ed25519", "public_key": key}
    return world.send("POST", f"/v1/members/{world.desk.member()}/phones", body)


def _device(world: World) -> str:
    new = {"site_id": str(world.gym.site_id), "name": "Side door", "direction": "entry"}
    return str(ok(world.desk.client.post("/v1/devices", json=new))["device_id"])


def _device_with_a_door(world: World) -> UUID:
    kiosk = world.gym.kiosk("Door with a lock")
    body = WELL | {"stream_id": str(kiosk.enrolment.stream_id), "door": "ready"}
    kiosk.client.post("/v1/devices/self/heartbeat", json=body).raise_for_status()
    return kiosk.enrolment.device_id


def _remark(world: World) -> str:
    path = f"/v1/members/{world.desk.member()}/remarks"
    made = world.send("POST", path, {"id": str(an_id()), "kind": "medical", "text": "has asthma"}).json()
    return f"{path}/{made['id']}"


def _merge(world: World) -> Any:
    other = {"other_id": str(world.desk.member()), "version": 1, "other_version": 1}
    return world.send("POST", f"/v1/members/{world.desk.member()}/merge", other)


def _contact(world: World) -> dict[str, Any]:
    member_id = world.desk.member()
    world.gym.dispatch()
    return {"id": str(an_id()), "member_id": str(member_id), "how": "called", "outcome": "comes_back", "note": "away"}


def _forget_contact(world: World) -> Any:
    contact = _contact(world)
    ok(world.desk.client.post("/v1/reports/contacts", json=contact))
    return world.send("DELETE", f"/v1/reports/contacts/{contact['id']}")


def _import(world: World) -> str:
    """Bring one member in; the path of the import."""
    path = f"/v1/imports/{an_id()}"
    row = {"line": 2, "given_name": "Nora", "family_name": "Berg", "home_site_id": str(world.gym.site_id)}
    world.send("POST", f"{path}/portions", {"file_name": "old.csv", "dry_run": False, "rows": [row]})
    return path


def _plan_ahead(world: World) -> str:
    """Have a price changed on a day; the path of it."""
    path, day = f"/v1/plans/{world.cashier.plan_id}/planned-change", str(world.gym.clock.now().date() + timedelta(9))
    plan = next(p for p in ok(world.client.get("/v1/plans"))["items"] if p["id"] == str(world.cashier.plan_id))
    world.send("PUT", path, {"from_on": day, "plan": {**plan, "price_minor": 44_900}})
    return path


def _plan_site_ahead(world: World) -> str:
    path, day = f"/v1/sites/{world.gym.site_id}/planned-change", str(world.gym.clock.now().date() + timedelta(9))
    site = ok(world.client.get(f"/v1/sites/{world.gym.site_id}"))
    world.send("PUT", path, {"from_on": day, "site": {**site, "capacity": 44}})
    return path


def _set_card(world: World) -> None:
    world.send("PUT", "/v1/account/desk-card", {"password": PASSWORD, "card": CARD})


CALLS: dict[str, Callable[[World], Any]] = {
    "PUT /v1/account/password": lambda w: w.send(
        "PUT", "/v1/account/password", {"current": PASSWORD, "new": "another horse battery"}
    ),
    "PUT /v1/account/pin": lambda w: w.send("PUT", "/v1/account/pin", {"password": PASSWORD, "pin": "2468"}),
    "PUT /v1/account/desk-card": _set_card,
    "POST /v1/desk-sign-ins": lambda w: (
        w.send("PUT", "/v1/account/pin", {"password": PASSWORD, "pin": "2468"}),
        w.send("POST", "/v1/desk-sign-ins", {"person_id": str(w.owner_id), "pin": "2468"}),
    ),
    "POST /v1/desk-card-sign-ins": lambda w: (_set_card(w), w.send("POST", "/v1/desk-card-sign-ins", {"card": CARD})),
    "POST /v1/people": lambda w: w.send(
        "POST", "/v1/people", {"name": "Ulla", "email": f"{an_id()}@fit.test", "groups": ["Staff"]}
    ),
    "PATCH /v1/people/{person_id}": lambda w: w.send("PATCH", f"/v1/people/{_person(w)}", {"groups": ["Admin"]}),
    "DELETE /v1/people/{person_id}": lambda w: w.send("DELETE", f"/v1/people/{_person(w)}"),
    "POST /v1/people/{person_id}/invitations": lambda w: w.send("POST", f"/v1/people/{_person(w)}/invitations"),
    "POST /v1/people/{person_id}/sign-out": lambda w: w.send("POST", f"/v1/people/{_person(w)}/sign-out"),
    "POST /v1/devices": lambda w: w.send(
        "POST", "/v1/devices", {"site_id": str(w.gym.site_id), "name": "Door", "direction": "entry"}
    ),
    "POST /v1/devices/{device_id}/codes": lambda w: w.send("POST", f"/v1/devices/{_device(w)}/codes"),
    "POST /v1/devices/{device_id}/revocation": lambda w: w.send("POST", f"/v1/devices/{_device(w)}/revocation"),
    "POST /v1/devices/{device_id}/openings": lambda w: w.send(
        "POST", f"/v1/devices/{_device_with_a_door(w)}/openings", {"id": str(an_id())}
    ),
    "POST /v1/sites": lambda w: w.send("POST", "/v1/sites", {"name": "South", "zone": "Europe/Copenhagen"}),
    "PUT /v1/sites/{site_id}": _change_site,
    "POST /v1/plans": lambda w: w.send(
        "POST", "/v1/plans", {"name": "Yearly", "months": 12, "price_minor": 1, "currency": "DKK"}
    ),
    "PUT /v1/plans/{plan_id}": _change_plan,
    "PUT /v1/plans/{plan_id}/planned-change": _plan_ahead,
    "DELETE /v1/plans/{plan_id}/planned-change": lambda w: w.send("DELETE", _plan_ahead(w)),
    "PUT /v1/sites/{site_id}/planned-change": _plan_site_ahead,
    "DELETE /v1/sites/{site_id}/planned-change": lambda w: w.send("DELETE", _plan_site_ahead(w)),
    "POST /v1/members": lambda w: w.send(
        "POST", "/v1/members", {"given_name": "Nora", "family_name": "Berg", "home_site_id": str(w.gym.site_id)}
    ),
    "PUT /v1/members/{member_id}": _change_member,
    "DELETE /v1/members/{member_id}": lambda w: w.send("DELETE", f"/v1/members/{w.desk.member()}"),
    "POST /v1/members/{member_id}/block": lambda w: w.send(
        "POST", f"/v1/members/{w.desk.member()}/block", {"note": "owes a towel"}
    ),
    "POST /v1/members/{member_id}/unblock": _unblock,
    "POST /v1/members/{member_id}/memberships": lambda w: w.send(
        "POST", f"/v1/members/{w.desk.member()}/memberships", {"plan_id": str(w.cashier.plan_id)}
    ),
    "PUT /v1/members/{member_id}/photo": _set_photo,
    "DELETE /v1/members/{member_id}/photo": _remove_photo,
    "POST /v1/memberships/{membership_id}/cancel": lambda w: _membership(w, "cancel"),
    "POST /v1/memberships/{membership_id}/resume": _resume,
    "POST /v1/memberships/{membership_id}/pause": _pause,
    "POST /v1/memberships/{membership_id}/thaw": _thaw,
    "POST /v1/memberships/{membership_id}/renew": _renew,
    "POST /v1/attendance": lambda w: w.send(
        "POST", "/v1/attendance", {"member_id": str(w.desk.member()), "site_id": str(w.gym.site_id)}
    ),
    "POST /v1/attendance/{event_id}/void": lambda w: w.send("POST", f"/v1/attendance/{_entry(w)}/void", {}),
    "POST /v1/attendance-acceptances": lambda w: w.send(
        "POST", "/v1/attendance-acceptances", {"event_ids": [_held(w)]}
    ),
    "POST /v1/machines": lambda w: w.send(
        "POST", "/v1/machines", {"site_id": str(w.gym.site_id), "name": "Rower", "category": "cardio"}
    ),
    "PUT /v1/machines/{machine_id}": _change_machine,
    "DELETE /v1/machines/{machine_id}": lambda w: w.send("DELETE", _machine_path(w)),
    "POST /v1/machines/{machine_id}/status": lambda w: w.send(
        "POST", _machine_path(w, "/status"), {"status": "out_of_order", "reason": "loose belt", "version": 1}
    ),
    "POST /v1/machines/{machine_id}/faults": lambda w: w.send(
        "POST", _machine_path(w, "/faults"), {"description": "squeaks"}
    ),
    "POST /v1/machines/{machine_id}/faults/{fault_id}/resolve": _resolve,
    "POST /v1/machines/{machine_id}/maintenance": lambda w: w.send("POST", _machine_path(w, "/maintenance"), {}),
    "POST /v1/machines/{machine_id}/images": _add_image,
    "PUT /v1/machines/{machine_id}/images": _put_images,
    "DELETE /v1/machines/{machine_id}/images/{image_id}": _remove_image,
    "POST /v1/members/{member_id}/cards": lambda w: w.send("POST", f"/v1/members/{w.desk.member()}/cards", {}),
    "POST /v1/members/{member_id}/phones": _phone,
    "POST /v1/members/{member_id}/barcodes": lambda w: w.send(
        "POST", f"/v1/members/{w.desk.member()}/barcodes", _barcode(w, 1)
    ),
    "POST /v1/barcode-imports": lambda w: w.send(
        "POST", "/v1/barcode-imports", {"items": [{"member_id": str(w.desk.member()), **_barcode(w, 2)}]}
    ),
    "POST /v1/passes/{pass_id}/revoke": lambda w: w.send(
        "POST", f"/v1/passes/{w.desk.card(w.desk.member())['id']}/revoke"
    ),
    "POST /v1/members/{member_id}/vouchers": lambda w: w.send("POST", f"/v1/members/{w.desk.member()}/vouchers", {}),
    "POST /v1/vouchers/{voucher_id}/revoke": lambda w: w.send("POST", f"/v1/vouchers/{_voucher(w)}/revoke"),
    "POST /v1/issuer-keys": lambda w: w.send("POST", "/v1/issuer-keys", {}),
    "POST /v1/orders": _new_order,
    "POST /v1/orders/{order_id}/payments": lambda w: _money(w, "payments", **TERMINAL),
    "POST /v1/orders/{order_id}/refunds": lambda w: _money(w, "refunds", **TERMINAL, reason="moved away"),
    "POST /v1/orders/{order_id}/corrections": lambda w: _money(w, "corrections", **TRANSFER, reason="wrong button"),
    "POST /v1/tills": _open_till,
    "POST /v1/tills/{till_id}/close": lambda w: w.send(
        "POST", f"/v1/tills/{_till(w)['id']}/close", {"counted_minor": 49_000, "reason": "change given twice"}
    ),
    "POST /v1/members/{member_id}/merge": _merge,
    "POST /v1/members/{member_id}/remarks": _remark,
    "POST /v1/members/{member_id}/remarks/{remark_id}/open": lambda w: w.send("POST", f"{_remark(w)}/open"),
    "DELETE /v1/members/{member_id}/remarks/{remark_id}": lambda w: w.send("DELETE", _remark(w)),
    "POST /v1/reports/contacts": lambda w: w.send("POST", "/v1/reports/contacts", _contact(w)),
    "DELETE /v1/reports/contacts/{contact_id}": _forget_contact,
    "POST /v1/imports/{import_id}/portions": _import,
    "POST /v1/imports/{import_id}/undo": lambda w: w.send("POST", f"{_import(w)}/undo"),
    "POST /v1/mails/{mail_id}/send-again": lambda w: w.send("POST", f"/v1/mails/{w.mail()}/send-again"),
}
"""A call that changes something by each route, after what it needs was made by somebody else."""


@pytest.fixture
def world(gym):
    return World(gym, Cashier(gym))


def changing_routes(app):
    """Every route with a gate that does not only read, as ``POST /v1/...``."""
    return {
        f"{method} {route.path}"
        for route in api_routes(app)
        for method in (route.methods or set()) - {"GET", "HEAD"}
        if operation_of(route) is not None
    }


def rows_of(world):
    with world.gym.cloud.database.reading() as session:
        rows = session.exec(select(AuditRow)).all()
    return {(row.service, row.number): row for row in rows}


def test_every_route_that_changes_something_is_in_one_of_the_tables(gym):
    assert CALLS.keys() | ELSEWHERE.keys() == changing_routes(gym.app)
    assert not CALLS.keys() & ELSEWHERE.keys()


def test_every_change_has_a_row_with_who_from_where_before_and_after(world):
    """One gym for all: what counts is the row that each call leaves."""
    lacking = {}
    session_of = {}
    for name, call in CALLS.items():
        call(world)
        mine = [
            row
            for key, row in rows_of(world).items()
            if key not in world.before and row.actor == f"person:{world.owner_id}"
        ]
        session_of[name] = {(row.device, row.desk) for row in mine}
        told = [row for row in mine if json.loads(row.before) or json.loads(row.after) or row.sealed]
        if not mine or told != mine:
            lacking[name] = [(row.action, row.fields) for row in mine]
        if name == "PUT /v1/account/password":  # it signed us out
            world = World(world.gym, world.cashier)
    assert lacking == {}
    fields = {name for row in rows_of(world).values() for name in json.loads(row.fields)}
    assert sorted(name for name in fields if f"audit.field.{name}" not in TEXTS["en"]) == []
    assert {desk for found in session_of.values() for _, desk in found} == {"reception"}
    assert all(device.startswith("session:") for found in session_of.values() for device, _ in found)
    with world.gym.cloud.database.reading() as session:
        services = [head.service for head in session.exec(select(AuditHead))]
        assert {service: find_break(session, service) for service in services} == dict.fromkeys(services)
