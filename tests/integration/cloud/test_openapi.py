"""The OpenAPI document can be believed: whatever is sent, the answer is one of those it names, and never a 5xx."""

import contextlib
from collections import Counter
from uuid import uuid4

import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from cloud_api.common.roles import Group
from cloud_api.identity import passwords
from cloud_api.sample.making import make_sample
from tests.support.cloud import a_gym

EXAMPLES = 60
"""For each operation, half of them with what the document allows and half with what it does not."""

UNFIT = [positive_data_acceptance, negative_data_rejection]
"""Whether a request is good is not all in a schema: rules between fields are not, and unknown fields are passed over."""

SERVICES = {
    "identity": ("signing in", "account", "people", "health"),
    "devices": ("devices: joining", "devices: roster", "devices: events", "devices"),
    "gym": ("sites", "plans", "members", "memberships", "attendance", "machines", "photos", "objects"),
    "qr": ("passes", "vouchers", "voucher keys"),
    "payments": ("orders", "receipts", "tills", "ledger"),
    "reports": ("reports",),
    "notifications": ("notifications",),
}


class Fuzzed:
    """A sample gym, so that not every example ends at a 404."""

    def __init__(self, gym, folder):
        make_sample(gym.cloud, members=12, seed=1, out=folder)
        gym.dispatch()
        self.schema = schemathesis.openapi.from_asgi("/openapi.json", gym.app)
        self.owner = gym.token_of(Group.OWNER)
        self.kiosk = gym.kiosk().token()
        self.known = list(self._known(gym))

    def _known(self, gym):
        """Ids of things that are there, by the names that the API gives them; one set for each member."""
        client = gym.owner
        same = {"site_id": str(gym.site_id), "plan_id": client.get("/v1/plans").json()["items"][0]["id"]}
        events = client.get("/v1/attendance").json()["items"]
        for number, member in enumerate(client.get("/v1/members").json()["items"]):
            passes = client.get(f"/v1/members/{member['id']}/passes").json()["items"]
            yield {
                **same,
                "member_id": member["id"],
                "membership_id": next((item["id"] for item in member["memberships"]), str(uuid4())),
                "pass_id": next((item["id"] for item in passes), str(uuid4())),
                "event_id": events[number % len(events)]["id"] if events else str(uuid4()),
                "person_id": str(gym.person(Group.STAFF)),
                "device_id": str(gym.kiosk(f"Spare {number}").id),
                **self._machine(gym),
                "order_id": self._order(client, same, member["id"]),
                "mail_id": self._mail(gym, member["id"]),
            }

    def _order(self, client, same, member_id):
        line = {"kind": "sale", "plan_id": same["plan_id"], "membership_id": str(uuid4())}
        order = {"id": str(uuid4()), "site_id": same["site_id"], "member_id": member_id, "lines": [line]}
        client.post("/v1/orders", json=order).raise_for_status()
        return order["id"]

    def _mail(self, gym, member_id):
        gym.owner.post(f"/v1/members/{member_id}/cards", json={"send_by_mail": True})
        gym.dispatch()
        mails = gym.owner.get(f"/v1/members/{member_id}/mails").json()["items"]
        return next((item["id"] for item in mails), str(uuid4()))

    def _machine(self, gym):
        draft = {"site_id": str(gym.site_id), "name": "Rower", "category": "cardio"}
        machine = gym.owner.post("/v1/machines", json=draft).json()
        path = f"/v1/machines/{machine['id']}/faults"
        (fault,) = gym.owner.post(path, json={"description": "Squeaks"}).json()["faults"]
        return {"machine_id": machine["id"], "fault_id": fault["id"]}

    def token_for(self, path):
        return self.kiosk if "/self/" in path else self.owner

    def operations(self, service):
        """Those of a service; what removes things comes last."""
        found = [result.ok() for result in self.schema.get_all_operations()]
        mine = [item for item in found if item.definition.raw["tags"][0] in SERVICES[service]]
        return sorted(mine, key=lambda item: (item.method == "delete", "revo" in item.path))

    def about(self, case, known):
        """The same case about things that are there."""
        case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
        if isinstance(case.body, dict):
            case.body = {name: known.get(name, value) for name, value in case.body.items()}


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    with a_gym(folder) as gym, pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield Fuzzed(gym, folder)


def fuzz(fuzzed, operation):
    """Try an operation; returns how often it answered what."""
    answers = Counter()
    headers = {"Authorization": f"Bearer {fuzzed.token_for(operation.path)}"}
    quiet = settings(
        max_examples=EXAMPLES // 2,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @quiet
        @given(case=operation.as_strategy(generation_mode=mode), known=st.none() | st.sampled_from(fuzzed.known))
        def check(case, known):
            if known:
                fuzzed.about(case, known)
            if isinstance((case.query or {}).get("wait"), int | float):
                case.query["wait"] = 0
            answer = case.call(headers=headers)
            answers[answer.status_code] += 1
            case.validate_response(answer, excluded_checks=UNFIT, headers=headers)

        with contextlib.suppress(Unsatisfiable):  # nothing can be wrong in a request without parameters
            check()
    return answers


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_every_answer_is_one_that_the_document_names(fuzzed, service):
    operations = fuzzed.operations(service)
    assert operations
    for operation in operations:
        answers = fuzz(fuzzed, operation)
        assert answers, operation.label
        assert max(answers) < 500, (operation.label, answers)


def test_every_operation_is_fuzzed(fuzzed):
    found = {result.ok().label for result in fuzzed.schema.get_all_operations()}
    assert {item.label for service in SERVICES for item in fuzzed.operations(service)} == found
