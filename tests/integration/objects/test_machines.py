"""Machines: what is known of them, whether people may use them, who looked after them."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from cloud_api.common.tables import AuditRow, OutboxMessage
from tests.support.answers import refusal
from tests.support.builders import an_id
from tests.support.reception import ok

SECOND = timedelta(seconds=1)
pytestmark = pytest.mark.parametrize("gym", ["folder"], indirect=True)  # nothing here touches a picture


def change(equipment, machine, **changes):
    fields = ("site_id", "name", "category", "serial", "maintenance_every_days", "maintenance_due_on", "version")
    body = {**{name: machine[name] for name in fields}, **changes}
    return equipment.desk.client.put(f"/v1/machines/{machine['id']}", json=body)


def test_a_machine_is_written_down_and_changed(equipment):
    machine = equipment.machine(serial="C2-4711", maintenance_every_days=90)
    assert (machine["status"], machine["since_on"], machine["version"]) == ("in_order", "2026-03-18", 1)
    changed = ok(change(equipment, machine, name="Rower 4", serial=None))
    assert (changed["name"], changed["serial"], changed["version"]) == ("Rower 4", None, 2)
    assert equipment.read(machine) == changed
    again = ok(change(equipment, changed))
    assert again["version"] == 2


def test_asking_twice_makes_one_machine(equipment):
    first = equipment.machine(id=str(an_id(1)))
    assert equipment.machine(id=str(an_id(1)), name="Another name") == first


def test_who_has_not_seen_the_last_change_changes_nothing(equipment):
    machine = equipment.machine()
    ok(change(equipment, machine, name="Rower 4"))
    refusal(change(equipment, machine, name="Rower 5"), 409, "machine_changed")
    refusal(equipment.post(machine, "status", status="retired", reason="x", version=1), 409, "machine_changed")
    assert equipment.read(machine)["name"] == "Rower 4"


def test_a_status_says_why_and_since_when(equipment, gym):
    machine = equipment.machine()
    refusal(equipment.post(machine, "status", status="out_of_order", version=1), 422, "invalid_input")
    broken = ok(equipment.post(machine, "status", status="out_of_order", reason="Chain", version=1))
    assert (broken["status"], broken["reason"], broken["since_on"]) == ("out_of_order", "Chain", "2026-03-18")
    mended = ok(equipment.post(machine, "status", status="in_order", version=2))
    assert (mended["status"], mended["reason"]) == ("in_order", None)


def test_a_fault_reported_twice_is_one(equipment):
    machine, other = equipment.machine(), equipment.machine()
    for _ in range(2):
        seen = ok(equipment.post(machine, "faults", id=str(an_id(5)), description="Squeaks"))
    assert (seen["open_faults"], seen["version"]) == (1, 2)
    refusal(equipment.post(other, "faults", id=str(an_id(5)), description="Squeaks"), 409, "id_taken")


def test_with_the_last_fault_resolved_the_machine_is_in_order(equipment, gym):
    machine = equipment.machine()
    ok(equipment.post(machine, "faults", description="Squeaks"))
    gym.clock.advance(SECOND)
    second, first = ok(equipment.post(machine, "faults", description="Chain", status="out_of_order"))["faults"]
    half = ok(equipment.post(machine, f"faults/{first['id']}/resolve", note="Oil"))
    assert (half["status"], half["open_faults"]) == ("out_of_order", 1)
    whole = ok(equipment.post(machine, f"faults/{second['id']}/resolve"))
    assert (whole["status"], whole["open_faults"], whole["reason"]) == ("in_order", 0, None)
    noted = next(fault for fault in whole["faults"] if fault["id"] == first["id"])
    assert (noted["resolution"], noted["resolved_at"]) == ("Oil", "2026-03-18T12:00:01Z")
    assert noted["resolved_by"].startswith("person:")
    refusal(equipment.post(machine, f"faults/{first['id']}/resolve"), 409, "fault_resolved")


def test_a_resolved_fault_can_leave_the_machine_closed(equipment):
    machine = equipment.machine()
    (fault,) = ok(equipment.post(machine, "faults", description="Chain", status="out_of_order"))["faults"]
    resolved = ok(equipment.post(machine, f"faults/{fault['id']}/resolve", back_in_order=False))
    assert (resolved["status"], resolved["open_faults"]) == ("out_of_order", 0)


def test_a_fault_is_resolved_at_its_own_machine_only(equipment):
    machine, other = equipment.machine(), equipment.machine()
    (fault,) = ok(equipment.post(machine, "faults", description="Squeaks"))["faults"]
    refusal(equipment.post(other, f"faults/{fault['id']}/resolve"), 404, "fault_unknown")


def test_a_retired_machine_has_no_faults(equipment):
    machine = equipment.machine()
    ok(equipment.post(machine, "status", status="retired", reason="Sold", version=1))
    refusal(equipment.post(machine, "faults", description="Squeaks"), 409, "machine_retired")
    refusal(equipment.post(machine, "status", status="out_of_order", reason="x", version=2), 422, "invalid_input")
    assert ok(equipment.post(machine, "status", status="in_order", version=2))["status"] == "in_order"
    refusal(equipment.post(equipment.machine(), "faults", description="x", status="retired"), 422, "invalid_input")


def test_maintenance_moves_the_day_it_is_due(equipment):
    machine = equipment.machine(maintenance_every_days=30, maintenance_due_on="2026-03-10")
    done = ok(equipment.post(machine, "maintenance", note="Oil"))
    assert done["maintenance_due_on"] == "2026-04-17"
    (item,) = done["maintenance"]
    assert (item["done_on"], item["note"]) == ("2026-03-18", "Oil")
    late = ok(equipment.post(machine, "maintenance", done_on="2026-02-01"))
    assert late["maintenance_due_on"] == "2026-04-17"
    assert [item["done_on"] for item in late["maintenance"]] == ["2026-03-18", "2026-02-01"]
    refusal(equipment.post(machine, "maintenance", done_on="2026-03-19"), 422, "invalid_input")


def test_maintenance_written_down_twice_is_one(equipment):
    machine = equipment.machine()
    for _ in range(2):
        done = ok(equipment.post(machine, "maintenance", id=str(an_id(6))))
    assert len(done["maintenance"]) == 1


def test_staff_care_for_machines_and_admins_change_them(equipment, gym):
    machine = equipment.machine()
    path = f"/v1/machines/{machine['id']}"
    ok(gym.staff.post(f"{path}/faults", json={"description": "Squeaks"}))
    ok(gym.staff.post(f"{path}/status", json={"status": "in_order", "version": 2}))
    ok(gym.staff.post(f"{path}/maintenance", json={}))
    refusal(gym.staff.delete(path), 403, "forbidden")
    refusal(gym.staff.post(f"{path}/image-uploads", json={"content_type": "image/png", "size": 5}), 403, "forbidden")
    refusal(gym.staff.post("/v1/machines", json={}), 403, "forbidden")


def test_what_happens_to_a_machine_is_told_and_written_down_without_words_of_people(equipment, desk, gym):
    machine = equipment.machine()
    ok(change(equipment, machine, name="Renamed"))
    (fault,) = ok(equipment.post(machine, "faults", description="PLANTED by Nora Berg"))["faults"]
    ok(equipment.post(machine, f"faults/{fault['id']}/resolve", note="PLANTED note"))
    ok(equipment.post(machine, "maintenance", note="PLANTED oil"))
    ok(equipment.post(machine, "status", status="retired", reason="PLANTED reason", version=5))
    assert desk.client.delete(f"/v1/machines/{machine['id']}").status_code == 204
    kinds = ["created", "changed", "fault_reported", "fault_resolved", "maintenance", "status_changed", "removed"]
    assert [kind for kind in desk.published() if kind.startswith("machine.")] == [f"machine.{kind}" for kind in kinds]
    assert [action for action in desk.actions("gym") if action.startswith("machine.")] == [
        f"machine.{kind}" for kind in kinds
    ]
    with gym.cloud.database.reading() as session:
        told = [
            json.loads(row.items)[0] for row in session.exec(select(OutboxMessage)) if row.type.startswith("machine.")
        ]
        audit = [row for row in session.exec(select(AuditRow)) if row.action.startswith("machine.")]
    assert [payload["version"] for _, _, payload in told] == [1, 2, 3, 4, 5, 6, 7]
    assert {key for _, key, _ in told} == {machine["id"]}
    assert [payload["open_faults"] for _, _, payload in told] == [0, 0, 1, 0, 0, 0, 0]
    assert "PLANTED" not in str(told) + str(audit)
    assert json.loads(audit[1].fields) == ["name"]
    assert json.loads(audit[4].fields) == ["maintenance"]


def test_a_machine_needs_a_site_that_is_there(equipment, desk):
    draft = {"site_id": str(an_id(7)), "name": "Rower", "category": "cardio"}
    refusal(desk.client.post("/v1/machines", json=draft), 404, "site_unknown")
    refusal(desk.client.get(f"/v1/machines/{an_id(8)}"), 404, "machine_unknown")
