"""What happened at the sample gym on the day of the pictures: kiosks, entries, machines, a till, sales."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.clock import SystemClock
from shared.contracts.devices import CameraState, EventUpload, Heartbeat
from shared.domain.attendance import Outcome
from shared.domain.ids import uuid7
from shared.domain.passes import PassStatus
from shared.domain.time import TimeQuality
from tests.bench.doors import holders_at
from tests.support.builders import an_event_record
from tests.support.desk import DeskGym

MACHINES = (
    ("Treadmill 1", "Cardio", "TM-4471"),
    ("Treadmill 2", "Cardio", "TM-4472"),
    ("Rower", "Cardio", "RW-1120"),
    ("Leg press", "Strength", "LP-0093"),
    ("Cable tower", "Strength", "CT-2210"),
)
ENTRIES = 12


def have_a_busy_day(gym: DeskGym) -> None:
    """All over the API, as people and kiosks do it."""
    _enter(gym)
    gym.live.pairing("Back door")
    machines = [_machine(gym, *machine) for machine in MACHINES]
    fault = {"description": "The belt slips", "status": "out_of_order"}
    gym.live.call("POST", f"/v1/machines/{machines[1]}/faults", json=fault)
    _sell(gym)
    _move_in(gym)
    _change_something(gym)


def _enter(gym: DeskGym) -> None:
    """A kiosk that is well, at which somebody is refused now and then."""
    live, now = gym.live, SystemClock().now()
    door = live.device_client("Main entrance")
    epoch, version, _ = live.roster_of(live.site_id)
    events = []
    for number, (lookup, member_id) in enumerate(
        holders_at(live, live.site_id, status=PassStatus.ACTIVE)[:ENTRIES], start=1
    ):
        at = now - timedelta(minutes=4 * (ENTRIES - number) + 1)
        facts: dict[str, Any] = {"lookup": lookup, "member_id": member_id, "door_at": at, "wall_at": at}
        if number % 5 == 0:
            facts |= {"outcome": Outcome.DENIED, "reason": "membership_ended"}
        events.append(
            an_event_record(
                id=uuid7(int(at.timestamp() * 1000)),
                number=number,
                membership_id=None,
                roster_epoch=epoch,
                roster_version=version,
                **facts,
            )
        )
    upload = EventUpload(stream_id=door.enrolment.stream_id, events=events)
    door.client.post("/v1/devices/self/events", content=upload.model_dump_json()).raise_for_status()
    beat = Heartbeat(
        program_version="0.2.0",
        stream_id=door.enrolment.stream_id,
        last_number=ENTRIES,
        queue=0,
        oldest_unsent_at=None,
        quarantined=0,
        roster_epoch=epoch,
        roster_version=version,
        roster_age_s=3,
        clock_offset_ms=12,
        time_quality=TimeQuality.SYNCED,
        camera=CameraState.OK,
        decode_rate=24.5,
        disk_free_mib=51_234,
        not_recorded=0,
    )
    door.client.post("/v1/devices/self/heartbeat", json=beat.model_dump(mode="json")).raise_for_status()


def _change_something(gym: DeskGym) -> None:
    """A price, a member, rules of the door: for those who look who did it."""
    live = gym.live
    plan = next(plan for plan in live.call("GET", "/v1/plans")["items"] if plan["name"] == "Off-peak")
    live.call("PUT", f"/v1/plans/{plan['id']}", json={**plan, "price_minor": 21_900})
    member = live.call("GET", "/v1/members")["items"][3]
    live.call("PUT", f"/v1/members/{member['id']}", json={**member, "phone": "+45 20 30 40 50"})
    live.call("POST", f"/v1/members/{member['id']}/block", json={"note": "Owes a towel"})
    site = live.call("GET", f"/v1/sites/{live.site_id}")
    policy = {**site["policy"], "grace_days": 7, "anti_passback": "soft"}
    live.call("PUT", f"/v1/sites/{live.site_id}", json={**site, "capacity": 120, "policy": policy})


def _machine(gym: DeskGym, name: str, category: str, serial: str) -> str:
    new = {"site_id": str(gym.live.site_id), "name": name, "category": category, "serial": serial}
    return str(gym.live.call("POST", "/v1/machines", json=new)["id"])


def _sell(gym: DeskGym) -> None:
    """Open the till and sell a month to three."""
    live = gym.live
    plans = live.call("GET", "/v1/plans")["items"]
    plan = next(plan for plan in plans if plan["name"] == "Monthly")
    till = {"id": _new_id(), "site_id": str(live.site_id), "currency": plan["currency"], "float_minor": 50_000}
    live.call("POST", "/v1/tills", json=till)
    for name, method in (("Nora", "cash"), ("Emil", "terminal"), ("Freja", "transfer")):
        member_id = live.member(name, paid=False)
        line = {"kind": "sale", "plan_id": plan["id"], "membership_id": _new_id()}
        order = {"id": _new_id(), "site_id": str(live.site_id), "member_id": member_id, "lines": [line]}
        live.call("POST", "/v1/orders", json=order)
        payment = {"id": _new_id(), "method": method, "reference": "4471-88" if method == "terminal" else None}
        live.call("POST", f"/v1/orders/{order['id']}/payments", json=payment)


def a_list_of_members(folder: Path) -> Path:
    """A file of another system: most lines are fine, one names an unknown plan, one says no e-mail address."""
    lines = [
        "Mitgl.-Nr.;Name;Vorname;E-mail;Karte;Vertrag;Betalt til;Bemærkning",
        "10428;Bramwell-Sky;Nora;nora@fit.test;4711;Monthly;31.12.2026;",
        "08817;Quillfeather;Norbert;norbert@fit.test;4712;Monthly;31.12.2026;old customer",
        "11930;Applegarth;Nora;;4713;Off-peak;15.01.2027;",
        "07162;Stagg;Norwin;norwin@fit.test;;Sondervertrag;31.12.2026;",
        "12002;Marrow;Eleonora;no address;;10 visits;01.02.2027;",
        *(f"{20_000 + at};{_FAMILIES[at % len(_FAMILIES)]};Kim;;;Monthly;30.11.2026;" for at in range(40)),
    ]
    path = folder / "members-2026-11.csv"
    path.write_bytes("\n".join(lines).encode("cp1252"))
    return path


_FAMILIES = ("Holm", "Lund", "Kjær", "Berg", "Dahl")


def _move_in(gym: DeskGym) -> None:
    """The list of another gym."""
    home = str(gym.live.site_id)
    rows = [
        {"line": at + 2, "number": f"H-{at}", "given_name": "Robin", "family_name": family, "home_site_id": home}
        for at, family in enumerate(_FAMILIES)
    ]
    body = {"file_name": "harbour-old-desk.xlsx", "rows": rows}
    gym.live.call("POST", f"/v1/imports/{_new_id()}/portions", json=body)


def _new_id() -> str:
    return str(uuid7(int(SystemClock().now().timestamp() * 1000)))
