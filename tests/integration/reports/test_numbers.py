"""Each number of an owner's reports: right, with the rows behind it, and for a spreadsheet."""

from datetime import timedelta

from cloud_api.reports.drift import Drift, recompute
from shared.domain.roles import Group
from tests.integration.reports.beats import beat
from tests.support.builders import NOON, TODAY, an_event_record, an_id
from tests.support.cashier import CASH, Cashier
from tests.support.equipment import Equipment
from tests.support.reception import arrival, ok, void_of

MARCH = {"first": "2026-03-01", "last": "2026-03-31"}
REPORTS = {
    "summary": MARCH,
    "visits": MARCH,
    "heat-map": MARCH,
    "refusals": MARCH,
    "members": MARCH,
    "revenue": MARCH,
    "machines": MARCH,
    "doors": MARCH,
    "plans": {},
    "overdue": {},
    "retention": {},
    "at-risk": {},
}


def read(desk, name, **params):
    return ok(desk.client.get(f"/v1/reports/{name}", params={**REPORTS[name], **params}))


def rows(desk, name, **params):
    """All rows behind a number, page by page."""
    asked = {**REPORTS[name], "limit": 2, **params}
    found = []
    while True:
        page = ok(desk.client.get(f"/v1/reports/{name}/rows", params=asked))
        found += page["items"]
        if page["next"] is None:
            return found
        asked["after"] = page["next"]


def record(desk, *arrivals):
    desk.record(*arrivals)
    desk.gym.dispatch()


def test_an_empty_gym_has_reports_too(desk):
    for name, params in REPORTS.items():
        read(desk, name)
        assert desk.client.get(f"/v1/reports/{name}.csv", params=params).text.count("\n") >= 1, name


def test_the_heat_map_counts_by_weekday_hour_and_site_and_its_cells_open(desk):
    other, people = desk.site("Brooklyn", zone="America/New_York"), [desk.member() for _ in range(3)]
    record(desk, *[arrival(desk.site_id, member_id=who) for who in people])
    record(desk, arrival(desk.site_id, at=NOON - timedelta(weeks=1), member_id=people[0]))
    record(desk, arrival(other, at=NOON.replace(hour=3), member_id=people[1]))
    told = read(desk, "heat-map")
    cells = {(cell["weekday"], cell["hour"]): cell["visits"] for cell in told["cells"]}
    assert cells == {(2, 13): 4, (1, 23): 1}
    assert told["total"] == 5
    assert told["days"] == [3, 3, 3, 2, 2, 2, 3]  # Mondays to Sundays from 1 to 18 March
    assert {site["site_id"]: site["visits"] for site in told["sites"]} == {str(desk.site_id): 4, str(other): 1}
    assert sum(cell["visits"] for cell in read(desk, "heat-map", site_id=str(other))["cells"]) == 1
    found = rows(desk, "visits", weekday=2, hour=13)
    assert [row["on"] for row in found] == ["2026-03-18"] * 3 + ["2026-03-11"]
    assert {row["member_id"] for row in found} == set(map(str, people))
    assert len(rows(desk, "visits")) == 5
    assert [row["site_id"] for row in rows(desk, "visits", member_id=str(people[1]))] == [str(desk.site_id), str(other)]
    assert rows(desk, "visits", weekday=3) == []


def test_refusals_open_by_reason_and_name_the_member_that_the_door_knew(desk, gym):
    who, kiosk = desk.member(), gym.kiosk()
    told = [{"member_id": who, "reason": "site_full"}, {"member_id": None, "reason": "unknown_pass"}]
    kiosk.upload(*[_refusal(number, **facts) for number, facts in enumerate(told, start=1)])
    gym.dispatch()
    assert [(row["reason"], row["member_id"]) for row in rows(desk, "refusals", reason="site_full")] == [
        ("site_full", str(who))
    ]
    assert {row["member_id"] for row in rows(desk, "refusals")} == {str(who), None}
    assert rows(desk, "refusals", site_id=str(an_id())) == []


def test_who_joined_and_who_left_is_told_by_day_and_nobody_leaves_tomorrow(desk, gym):
    day = desk.plan(name="A day", months=0, days=1, renews=False)
    gone = desk.member(plan=day, starts_on=TODAY - timedelta(days=5))
    ends_today, stays = desk.member(plan=day), desk.member(plan=desk.plan())
    gym.dispatch()
    told = read(desk, "members")
    assert (told["joined"], told["left"]) == (3, 1)
    assert told["days"] == [
        {"on": "2026-03-14", "joined": 0, "left": 1},
        {"on": "2026-03-18", "joined": 3, "left": 0},
    ]
    assert {row["member_id"] for row in rows(desk, "members", what="joined")} == set(
        map(str, (gone, ends_today, stays))
    )
    assert [(row["member_id"], row["left_on"]) for row in rows(desk, "members", what="left")] == [
        (str(gone), "2026-03-14")
    ]
    desk.sell(gone, day)
    gym.dispatch()
    assert read(desk, "members")["left"] == 0
    assert read(desk, "members", site_id=str(an_id()))["days"] == []


def test_members_are_counted_by_plan_once_each(desk, gym):
    monthly, day = desk.plan(), desk.plan(name="A day", months=0, days=1, renews=False)
    both, one, late = desk.member(plan=monthly), desk.member(plan=monthly), desk.member()
    desk.sell(both, day)
    desk.sell(late, day, starts_on=TODAY - timedelta(days=3))
    gym.dispatch()
    told = read(desk, "plans")
    assert told["members"] == 2
    assert [(plan["name"], plan["members"]) for plan in told["plans"]] == [("Monthly", 2), ("A day", 1)]
    assert {row["member_id"] for row in rows(desk, "plans", plan_id=str(monthly))} == {str(both), str(one)}
    assert len(rows(desk, "plans")) == 3
    ok(desk.client.delete(f"/v1/members/{both}"))
    gym.dispatch()
    assert [plan["members"] for plan in read(desk, "plans")["plans"]] == [1]


def test_who_is_overdue_once_the_days_of_grace_are_over_owes_a_period(desk, gym):
    desk.policy(grace_days=3)
    plan, starts = desk.plan(months=0, days=10), TODAY - timedelta(days=9)
    late, in_grace, paid, cancelled = (
        desk.member(plan=plan, starts_on=starts - timedelta(days=before)) for before in (4, 3, 0, 9)
    )
    membership = desk.read(cancelled)["memberships"][0]["id"]
    ok(desk.client.post(f"/v1/memberships/{membership}/cancel"))
    gym.dispatch()
    told = read(desk, "overdue")
    assert (told["members"], told["amounts"]) == (1, [{"currency": "DKK", "amount_minor": 34_900}])
    found = rows(desk, "overdue")
    assert [(row["member_id"], row["price_minor"]) for row in found] == [(str(late), 34_900)]
    assert {str(in_grace), str(paid)}.isdisjoint(str(found))


def test_retention_is_who_of_a_joining_month_came_in_each_month_since(desk, gym):
    old = [desk.member() for _ in range(3)]
    gym.dispatch()
    gym.clock.advance(timedelta(days=31))
    new = desk.member()
    record(desk, *[arrival(desk.site_id, member_id=who) for who in old[:2]])
    april = arrival(desk.site_id, at=gym.clock.at, member_id=old[0])
    record(desk, april, arrival(desk.site_id, at=gym.clock.at, member_id=new))
    march, this = read(desk, "retention", months=2)["cohorts"]
    assert march == {"joined_on": "2026-03-01", "members": 3, "visited": [2, 1]}
    assert this == {"joined_on": "2026-04-01", "members": 1, "visited": [1]}
    asked = {"joined_on": "2026-03-01", "month_on": "2026-04-01"}
    assert [row["member_id"] for row in rows(desk, "retention", **asked)] == [str(old[0])]
    assert len(rows(desk, "retention", joined_on="2026-03-15")) == 3
    record(desk, void_of(april))
    assert read(desk, "retention", months=2)["cohorts"][0]["visited"] == [2, 0]


def test_revenue_is_told_by_month_and_plan_less_what_went_back(gym):
    cashier = Cashier(gym)
    desk = cashier.desk
    cashier.open_till()
    day = desk.plan(name="A day", months=0, days=1, price_minor=10_000, renews=False)
    cashier.dispatch()
    order = cashier.paid(None, cashier.sale(), cashier.sale(plan_id=str(day)))
    cashier.paid(None, cashier.sale(plan_id=str(day)), **CASH)
    assert _revenue(desk) == {"Monthly": 34_900, "A day": 20_000}
    cashier.refund(order, amount_minor=4_490)
    assert _revenue(desk) == {"Monthly": 34_900 - 3_490, "A day": 20_000 - 1_000}
    ok(cashier.ask_correct(order, amount_minor=22_450))
    cashier.dispatch()
    told = {"Monthly": 17_450 - 3_490, "A day": 15_000 - 1_000}
    assert _revenue(desk) == told
    assert read(desk, "revenue")["totals"] == [{"currency": "DKK", "amount_minor": sum(told.values())}]
    lines = rows(desk, "revenue", plan_id=str(day))
    assert sum(line["amount_minor"] for line in lines) == told["A day"]
    assert [line["receipt_number"] for line in lines] == [5, 4, 3, 2, 1]
    assert read(desk, "revenue", last="2026-03-17")["months"] == []
    with gym.cloud.database.transaction() as session:
        assert recompute(session) == Drift()


def test_machines_tell_of_faults_and_of_days_out_of_order(desk, gym):
    equipment = Equipment(desk)
    broken, fine, mended = (equipment.machine(name=name) for name in ("Rower", "Bike", "Bench"))
    ok(equipment.post(broken, "faults", description="it squeaks", status="out_of_order"))
    fault = ok(equipment.post(mended, "faults", description="torn", status="needs_attention"))["faults"][0]
    gym.clock.advance(timedelta(days=3))
    ok(equipment.post(mended, f"faults/{fault['id']}/resolve", note="sewn"))
    gym.dispatch()
    told = read(desk, "machines")
    assert (told["reported"], told["resolved"], told["days_out_of_order"]) == (2, 1, 4)
    by_id = {item["machine_id"]: item for item in told["machines"]}
    assert (by_id[broken["id"]]["days_out_of_order"], by_id[broken["id"]]["open_faults"]) == (4, 1)
    assert (by_id[mended["id"]]["resolved"], by_id[mended["id"]]["status"]) == (1, "in_order")
    assert fine["id"] not in by_id
    assert [(row["fault_id"], row["resolved_on"]) for row in rows(desk, "machines", machine_id=mended["id"])] == [
        (fault["id"], "2026-03-21")
    ]
    ok(
        desk.client.post(
            f"/v1/machines/{broken['id']}/status",
            json={"status": "in_order", "version": equipment.read(broken)["version"]},
        )
    )
    gym.clock.advance(timedelta(days=2))
    gym.dispatch()
    assert read(desk, "machines")["days_out_of_order"] == 3
    ok(equipment.post(fine, "faults", description="snapped", status="out_of_order"))
    gym.clock.advance(timedelta(days=1))
    version = equipment.read(fine)["version"]
    ok(equipment.post(fine, "status", status="retired", reason="snapped", version=version))
    assert desk.client.delete(f"/v1/machines/{fine['id']}").is_success
    gym.clock.advance(timedelta(days=2))
    gym.dispatch()
    gone = {item["machine_id"]: item for item in read(desk, "machines")["machines"]}[fine["id"]]
    assert (gone["status"], gone["days_out_of_order"], gone["open_faults"]) == ("removed", 1, 0)


def test_a_door_is_open_for_as_long_as_it_is_heard(desk, gym):
    kiosk = gym.kiosk()
    beats = [*range(60), *range(80, 200)]  # from 12:00; nothing from 12:59 to 13:20
    for minute in beats:
        gym.clock.at = NOON + timedelta(minutes=minute)
        beat(gym, kiosk)
    gym.clock.at = NOON + timedelta(minutes=206)
    gym.dispatch()
    told = read(desk, "doors")
    assert (told["expected_s"], told["losses"]) == (2 * 3600, 1)
    assert told["heard_s"] == 2 * 3600 - 20 * 60
    for days in (MARCH, {"first": "2026-03-18", "last": "2026-03-18"}, {"first": "2026-03-10", "last": "2026-03-17"}):
        doors, period = read(desk, "doors", **days), read(desk, "summary", **days)["period"]
        assert {name: period[name] for name in ("expected_s", "heard_s", "losses")} == {
            name: doors[name] for name in ("expected_s", "heard_s", "losses")
        }
    assert [(hour["hour_at"], hour["heard_s"]) for hour in rows(desk, "doors")] == [
        ("2026-03-18T14:00:00Z", 3600),
        ("2026-03-18T13:00:00Z", 2400),
        ("2026-03-18T12:00:00Z", 3540),
    ]
    assert desk.client.post(f"/v1/devices/{kiosk.id}/revocation").is_success
    gym.clock.advance(timedelta(days=1))
    gym.dispatch()
    assert read(desk, "doors")["expected_s"] == 2 * 3600


def test_a_door_that_is_dead_counts_as_silent(desk, gym):
    kiosk = gym.kiosk()
    for minute in range(121):
        gym.clock.at = NOON + timedelta(minutes=minute)
        beat(gym, kiosk)
    gym.clock.at = NOON + timedelta(hours=10)
    gym.dispatch()
    told = read(desk, "doors")
    assert (told["expected_s"], told["heard_s"]) == (8 * 3600, 3600)


def test_the_summary_has_the_period_and_the_one_before(desk, gym):
    who = desk.member(plan=desk.plan())
    record(desk, *[arrival(desk.site_id, at=NOON - timedelta(days=ago), member_id=who) for ago in (0, 1, 2)])
    told = read(desk, "summary", first="2026-03-17", last="2026-03-18")
    assert (told["period"]["visits"], told["before"]["visits"]) == (2, 1)
    assert (told["before_first"], told["before_last"]) == ("2026-03-15", "2026-03-16")
    assert (told["period"]["joined"], told["active_members"], told["overdue_members"]) == (1, 1, 0)
    read(desk, "summary", first="2000-01-01", last="2000-12-31")


def test_only_owners_read_numbers_and_rows_and_write_contacts_down(gym):
    for group, status in ((Group.STAFF, 403), (Group.ADMIN, 403), (Group.OWNER, 200)):
        client = gym.client_of(group)
        assert client.get("/v1/reports/summary", params=MARCH).status_code == status
        assert client.get("/v1/reports/visits/rows", params=MARCH).status_code == status
        body = {"id": str(an_id()), "member_id": str(an_id()), "how": "called"}
        asked = client.post("/v1/reports/contacts", json=body).status_code
        assert asked == (404 if status == 200 else 403)


def _revenue(desk):
    months = read(desk, "revenue")["months"]
    assert {month["month_on"] for month in months} == {"2026-03-01"}
    return {month["name"]: month["amount_minor"] for month in months}


def _refusal(number, **facts):
    return an_event_record(number=number, outcome="denied", membership_id=None, roster_epoch=None, **facts)
