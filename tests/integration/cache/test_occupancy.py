"""How many are inside, and who: by the events of the doors, through the cache."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine

from cloud_api.common.gate import Gate
from cloud_api.common.readthrough import FRESH
from shared.domain.roles import Group
from shared.domain.visits import LONGEST_VISIT
from tests.support.builders import NOON, an_id
from tests.support.reception import arrival, ok, void_of


def inside(desk):
    """How many, which must be as many as are named."""
    count = ok(desk.client.get(f"/v1/sites/{desk.site_id}/occupancy"))
    listed = ok(desk.client.get(f"/v1/sites/{desk.site_id}/inside"))
    assert len(listed["items"]) == count["inside"]
    return count["inside"]


def listed(desk):
    return ok(desk.client.get(f"/v1/sites/{desk.site_id}/inside"))["items"]


def pass_time(desk, by):
    """Time goes by, and with it what is cached."""
    desk.gym.clock.advance(by)


@pytest.fixture
def away(desk, tmp_path, monkeypatch):
    """Takes the database away: SQLite cannot open the file."""

    def take():
        engine = create_engine(f"sqlite:///{tmp_path}/no/such/folder/fit.db")
        monkeypatch.setattr(desk.gym.cloud.database, "reader", engine)
        return monkeypatch.undo

    return take


def test_a_check_in_at_the_desk_shows_at_once(desk):
    assert inside(desk) == 0
    member_id = desk.member()
    body = {"member_id": str(member_id), "site_id": str(desk.site_id)}
    ok(desk.client.post("/v1/attendance", json=body))
    assert inside(desk) == 1
    assert listed(desk) == [{"member_id": str(member_id), "name": "Nora Berg", "since": "2026-03-18T12:00:00Z"}]


def test_an_entry_at_the_door_shows_as_soon_as_it_is_taken_in(desk):
    assert inside(desk) == 0
    desk.record(arrival(desk.site_id, member_id=desk.member()))
    assert inside(desk) == 1


def test_the_way_out_is_out(desk):
    member_id = desk.member()
    desk.record(arrival(desk.site_id, member_id=member_id))
    assert inside(desk) == 1
    later = NOON + timedelta(minutes=40)
    pass_time(desk, timedelta(minutes=41))
    desk.record(arrival(desk.site_id, at=later, member_id=member_id, direction="exit"))
    assert inside(desk) == 0


def test_an_entry_that_is_taken_back_is_nobody(desk):
    entry = arrival(desk.site_id, member_id=desk.member())
    desk.record(entry)
    assert inside(desk) == 1
    desk.record(void_of(entry))
    assert inside(desk) == 0


def test_where_no_way_out_is_seen_a_visit_lasts_the_dwell(desk):
    desk.policy(dwell_s=3600)
    desk.record(arrival(desk.site_id, member_id=desk.member()))
    pass_time(desk, timedelta(minutes=59, seconds=59))
    assert inside(desk) == 1
    pass_time(desk, timedelta(seconds=1) + FRESH)
    assert inside(desk) == 0


def test_where_ways_out_are_seen_a_visit_lasts_until_an_exit_could_not_close_it_any_more(desk):
    gone, stays = desk.member(), desk.member(given_name="Ida", family_name="")
    desk.record(arrival(desk.site_id, member_id=gone), arrival(desk.site_id, member_id=stays))
    desk.record(arrival(desk.site_id, at=NOON + timedelta(minutes=5), member_id=gone, direction="exit"))
    pass_time(desk, LONGEST_VISIT - timedelta(seconds=1))
    assert [item["name"] for item in listed(desk)] == ["Ida"]
    pass_time(desk, timedelta(seconds=1) + FRESH)
    assert inside(desk) == 0


def test_someone_who_came_again_is_inside_once_since_then(desk):
    desk.policy(dwell_s=3600)
    member_id, other = desk.member(), desk.member()
    desk.record(arrival(desk.site_id, at=NOON, member_id=other))
    desk.record(arrival(desk.site_id, at=NOON + timedelta(minutes=1), member_id=other, direction="exit"))
    desk.record(arrival(desk.site_id, member_id=member_id))
    desk.record(arrival(desk.site_id, at=NOON + timedelta(hours=3), member_id=member_id))
    pass_time(desk, timedelta(hours=3))
    assert [item["since"] for item in listed(desk)] == ["2026-03-18T15:00:00Z"]


def test_sites_do_not_mix_and_unknown_ones_are_unknown(desk):
    second = desk.site("Second", capacity=30)
    desk.record(arrival(desk.site_id, member_id=desk.member()))
    answer = ok(desk.client.get(f"/v1/sites/{second}/occupancy"))
    assert (answer["inside"], answer["capacity"], answer["site_id"]) == (0, 30, str(second))
    assert desk.client.get(f"/v1/sites/{an_id()}/occupancy").status_code == 404


def test_a_new_capacity_shows_at_once(desk):
    assert ok(desk.client.get(f"/v1/sites/{desk.site_id}/occupancy"))["capacity"] is None
    site = ok(desk.client.get(f"/v1/sites/{desk.site_id}"))
    ok(desk.client.put(f"/v1/sites/{desk.site_id}", json={**site, "capacity": 80}))
    assert ok(desk.client.get(f"/v1/sites/{desk.site_id}/occupancy"))["capacity"] == 80


def test_an_erased_member_has_no_name(desk):
    member_id = desk.member()
    desk.record(arrival(desk.site_id, member_id=member_id))
    assert listed(desk)[0]["name"] == "Nora Berg"
    ok(desk.client.delete(f"/v1/members/{member_id}"))
    assert listed(desk)[0]["name"] is None


def test_while_the_database_is_away_the_last_count_is_told_as_of_then_and_without_names(desk, away):
    member_id, staff = desk.member(), desk.gym.staff
    desk.record(arrival(desk.site_id, member_id=member_id))
    assert inside(desk) == 1
    pass_time(desk, timedelta(minutes=3))
    bring_back = away()
    count = ok(staff.get(f"/v1/sites/{desk.site_id}/occupancy"))
    assert (count["inside"], count["as_of"], count["stale"]) == (1, "2026-03-18T12:00:00Z", True)
    names = ok(staff.get(f"/v1/sites/{desk.site_id}/inside"))
    assert names["stale"]
    assert names["items"] == [{"member_id": str(member_id), "name": None, "since": "2026-03-18T12:00:00Z"}]
    bring_back()
    count = ok(staff.get(f"/v1/sites/{desk.site_id}/occupancy"))
    assert (count["as_of"], count["stale"]) == ("2026-03-18T12:03:00Z", False)


def test_while_the_database_is_away_what_was_never_known_is_unavailable(desk, away):
    staff = desk.gym.staff
    away()
    answer = staff.get(f"/v1/sites/{desk.site_id}/occupancy")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_while_the_database_is_away_only_staff_is_believed_and_nothing_else_is_answered(desk, away, monkeypatch):
    staff, member, kiosk = desk.gym.staff, desk.gym.client_of(Group.USER), desk.gym.kiosk().client
    inside(desk)
    away()
    path = f"/v1/sites/{desk.site_id}/occupancy"
    assert member.get(path).status_code == 403
    assert kiosk.get(path).status_code == 401
    assert desk.gym.client().get(path).status_code == 401
    with monkeypatch.context() as patched:
        patched.setattr(Gate, "believe", lambda _gate, _token: pytest.fail("only the occupancy may be asked for"))
        assert staff.get("/v1/sites").status_code == 503
    pass_time(desk, timedelta(minutes=17))
    assert staff.get(path).status_code == 401
