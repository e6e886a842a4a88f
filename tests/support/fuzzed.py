"""A gym to be asked everything: a sample of each thing that is there, and the operations of its OpenAPI document."""

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import schemathesis

from cloud_api.app import api_routes
from cloud_api.sample.making import make_sample
from cloud_api.settings import SERVICES
from shared.domain.roles import Group
from tests.support.cloud import Gym

OWNERS = (*SERVICES, "common")
"""Whose an operation can be: a service's, or everybody's."""


class FuzzedGym:
    """A sample gym, so that not every request ends at a 404. ``known``: ids by name, one set for each of 12 members."""

    def __init__(self, gym: Gym, folder: Path) -> None:
        self.gym = gym
        make_sample(gym.cloud, members=12, seed=1, out=folder)
        gym.dispatch()
        self.document = gym.app.openapi()
        self._owners = {route.path: _room(route.original_route.endpoint) for route in api_routes(gym.app)}
        self.owner = gym.token_of(Group.OWNER)
        self.kiosk = gym.kiosk().token()
        self.known = list(self._known())

    def _known(self) -> Iterator[dict[str, Any]]:
        client = self.gym.owner
        plan = client.get("/v1/plans").json()["items"][0]
        same = {"site_id": str(self.gym.site_id), "plan_id": plan["id"], "price_minor": plan["price_minor"]}
        events = client.get("/v1/attendance").json()["items"]
        for number, member in enumerate(client.get("/v1/members").json()["items"]):
            passes = client.get(f"/v1/members/{member['id']}/passes").json()["items"]
            yield {
                **same,
                "member_id": member["id"],
                "membership_id": next((item["id"] for item in member["memberships"]), str(uuid4())),
                "pass_id": next((item["id"] for item in passes), str(uuid4())),
                "event_id": events[number % len(events)]["id"] if events else str(uuid4()),
                "person_id": str(self.gym.person(Group.STAFF)),
                "device_id": str(self.gym.kiosk(f"Spare {number}").id),
                **self._machine(),
                **self.order({**same, "member_id": member["id"]}),
                "mail_id": self._mail(member["id"]),
            }

    def order(self, known: Mapping[str, str], *, paid: bool = False) -> dict[str, str]:
        """The ids of a new order of a member, and of its payment when it is ``paid``."""
        line = {"kind": "sale", "plan_id": known["plan_id"], "membership_id": str(uuid4())}
        order = {"id": str(uuid4()), "lines": [line], **{name: known[name] for name in ("site_id", "member_id")}}
        self.gym.owner.post("/v1/orders", json=order).raise_for_status()
        payment = {"id": str(uuid4()), "method": "transfer"}
        if paid:
            self.gym.owner.post(f"/v1/orders/{order['id']}/payments", json=payment).raise_for_status()
        return {"order_id": str(order["id"]), "payment_id": payment["id"]}

    def _mail(self, member_id: str) -> str:
        self.gym.owner.post(f"/v1/members/{member_id}/cards", json={"send_by_mail": True})
        self.gym.dispatch()
        mails = self.gym.owner.get(f"/v1/members/{member_id}/mails").json()["items"]
        return next((item["id"] for item in mails), str(uuid4()))

    def _machine(self) -> dict[str, str]:
        draft = {"site_id": str(self.gym.site_id), "name": "Rower", "category": "cardio"}
        machine = self.gym.owner.post("/v1/machines", json=draft).json()
        path = f"/v1/machines/{machine['id']}/faults"
        (fault,) = self.gym.owner.post(path, json={"description": "Squeaks"}).json()["faults"]
        return {"machine_id": machine["id"], "fault_id": fault["id"]}

    def token_for(self, path: str) -> str:
        """Who may ask: a kiosk for itself, an Owner everything else."""
        return self.kiosk if "/self/" in path else self.owner

    @functools.cached_property
    def schema(self) -> Any:
        """What schemathesis makes of the document."""
        return schemathesis.openapi.from_dict(self.document)

    def open(self) -> "FuzzedGym":
        """Let schemathesis send requests by itself. It starts what the gym does in the background."""
        self.schema = schemathesis.openapi.from_asgi("/openapi.json", self.gym.app)
        return self

    def known_for(self, operation: Any, number: int) -> dict[str, Any]:
        """Ids for the ``number``-th operation. Only the last ones are of what may be removed."""
        return self.known[-1] if _removes(operation) else self.known[number % (len(self.known) - 1)]

    def owner_of(self, path: str) -> str:
        """Which service a path is of, as its code lies; ``common`` when it is everybody's."""
        return self._owners[path]

    def operations(self, owner: str) -> list[Any]:
        """Those of a service or of everybody; what removes things comes last."""
        found = [result.ok() for result in self.schema.get_all_operations()]
        mine = [item for item in found if self.owner_of(item.path) == owner]
        return sorted(mine, key=_removes)


def _room(endpoint: Any) -> str:
    """``gym`` for a function of ``cloud_api.gym.member_routes``."""
    return str(endpoint.__module__.split(".")[1])


def _removes(operation: Any) -> bool:
    return operation.method == "delete" or "revo" in operation.path
