"""Machines on both databases: what is asked of SQL, and of two people at once."""

import contextlib
import threading
from datetime import timedelta

from cloud_api.gym import machines
from shared.domain.roles import Group
from tests.support.answers import refusal
from tests.support.builders import an_id
from tests.support.reception import ok

SECOND = timedelta(seconds=1)


def test_of_two_changes_at_once_one_is_refused(equipment, monkeypatch):
    """Both would have looked at the version before either wrote, if they could."""
    machine = equipment.machine()
    clients = [equipment.gym.client_of(Group.ADMIN) for _ in range(2)]
    body = {name: machine[name] for name in ("site_id", "category", "version")}
    both, fill, answers = threading.Barrier(2), machines._fill, []

    def slow_fill(row, draft):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(1)
        fill(row, draft)

    def work(number):
        path = f"/v1/machines/{machine['id']}"
        answers.append(clients[number].put(path, json={**body, "name": f"Rower {number}"}).status_code)

    monkeypatch.setattr(machines, "_fill", slow_fill)
    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [200, 409]
    assert equipment.read(machine)["version"] == 2


def test_one_machine_sent_twice_at_once_is_one_machine(equipment, desk, monkeypatch):
    """As by a client that waited too long for its first answer."""
    both, today_of, answers = threading.Barrier(2), machines.today_of, []

    def meeting(session, site_id):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(1)
        return today_of(session, site_id)

    body = {"id": str(an_id(77)), "site_id": str(desk.site_id), "name": "Rower", "category": "rowing"}
    client = desk.client
    threads = [
        threading.Thread(target=lambda: answers.append(client.post("/v1/machines", json=body).status_code))
        for _ in range(2)
    ]
    monkeypatch.setattr(machines, "today_of", meeting)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers == [201, 201]
    assert desk.published().count("machine.created") == 1


def test_the_list_is_filtered_and_paged(equipment, desk):
    second = desk.site()
    for name in ("B", "A", "C", "A", "D"):
        equipment.machine(name=name)
    broken = equipment.machine(name="Z", maintenance_due_on="2026-03-20", site_id=str(second))
    ok(equipment.post(broken, "faults", description="Chain", status="out_of_order"))

    def listed(**params):
        found, after = [], {}
        while True:
            page = ok(desk.client.get("/v1/machines", params={"limit": 2, **params, **after}))
            found += [item["name"] for item in page["items"]]
            if page["next"] is None:
                return found
            after = {"after": page["next"]}

    assert listed() == ["A", "A", "B", "C", "D", "Z"]
    assert listed(site_id=str(second)) == listed(status="out_of_order") == listed(due_by="2026-03-20") == ["Z"]
    assert listed(due_by="2026-03-19") == []
    (item,) = ok(desk.client.get("/v1/machines", params={"status": "out_of_order"}))["items"]
    assert item["open_faults"] == 1
    refusal(desk.client.get("/v1/machines", params={"after": "nonsense"}), 422, "invalid_input")


def test_a_machine_with_a_history_is_removed_only_when_retired(equipment, desk):
    fresh, used = equipment.machine(), equipment.machine()
    assert desk.client.delete(f"/v1/machines/{fresh['id']}").status_code == 204
    ok(equipment.post(used, "faults", description="Squeaks"))
    assert "Retire it first" in refusal(desk.client.delete(f"/v1/machines/{used['id']}"), 409, "machine_in_use").detail
    ok(equipment.post(used, "status", status="retired", reason="Sold", version=2))
    assert desk.client.delete(f"/v1/machines/{used['id']}").status_code == 204
    refusal(desk.client.get(f"/v1/machines/{used['id']}"), 404, "machine_unknown")
    refusal(desk.client.delete(f"/v1/machines/{used['id']}"), 404, "machine_unknown")


def test_a_fault_makes_the_machine_as_bad_as_it_says_and_no_better(equipment, gym):
    machine = equipment.machine()
    seen = ok(equipment.post(machine, "faults", description="Squeaks"))
    assert (seen["status"], seen["reason"], seen["open_faults"]) == ("needs_attention", "Squeaks", 1)
    gym.clock.advance(SECOND)
    broken = ok(equipment.post(machine, "faults", description="Chain is off", status="out_of_order"))
    assert (broken["status"], broken["reason"], broken["open_faults"]) == ("out_of_order", "Chain is off", 2)
    gym.clock.advance(SECOND)
    still = ok(equipment.post(machine, "faults", description="Dusty"))
    assert (still["status"], still["reason"], still["open_faults"]) == ("out_of_order", "Chain is off", 3)
    assert [fault["description"] for fault in still["faults"]][::-1] == ["Squeaks", "Chain is off", "Dusty"]
