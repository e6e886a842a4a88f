"""What staff write about a member: sealed, read by who may, medical ones one by one and written down."""

import pytest
from sqlmodel import select

from cloud_api.common.tables import AuditRow
from cloud_api.gym.tables import RemarkRow
from shared.domain.ids import uuid7
from tests.support.reception import ok


def write(desk, member_id, text, *, kind="general", remark_id=None):
    new = {"id": str(remark_id or uuid7(1)), "kind": kind, "text": text}
    return ok(desk.client.post(f"/v1/members/{member_id}/remarks", json=new))


def listed(desk, member_id):
    return ok(desk.client.get(f"/v1/members/{member_id}/remarks"))["items"]


def test_a_remark_is_read_by_staff_and_lies_sealed(desk, gym):
    member_id = desk.member()
    write(desk, member_id, "Likes the window seat")
    assert [item["text"] for item in listed(desk, member_id)] == ["Likes the window seat"]
    with gym.cloud.database.reading() as session:
        row = session.exec(select(RemarkRow)).one()
        audit = session.exec(select(AuditRow).where(AuditRow.action == "member.remark_written")).one()
    assert b"window" not in row.sealed
    assert "window" not in audit.model_dump_json(exclude={"sealed"})


def test_asked_twice_it_is_written_once_and_an_id_of_another_is_refused(desk):
    member_id, other = desk.member(), desk.member()
    remark_id = uuid7(2)
    assert write(desk, member_id, "Once", remark_id=remark_id) == write(desk, member_id, "Once", remark_id=remark_id)
    assert len(listed(desk, member_id)) == 1
    new = {"id": str(remark_id), "text": "Elsewhere"}
    answer = desk.client.post(f"/v1/members/{other}/remarks", json=new)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")


def test_a_medical_remark_is_closed_and_each_opening_is_written_down(desk):
    member_id = desk.member()
    remark = write(desk, member_id, "Asthma", kind="medical")
    assert remark["text"] == "Asthma"
    assert [item["text"] for item in listed(desk, member_id)] == [None]
    for times in (1, 2):
        opened = ok(desk.client.post(f"/v1/members/{member_id}/remarks/{remark['id']}/open"))
        assert opened["text"] == "Asthma"
        assert desk.actions("gym").count("member.medical_remark_opened") == times


def test_what_is_removed_is_gone_for_good(desk, gym):
    member_id = desk.member()
    remark = write(desk, member_id, "Wrong person")
    assert desk.client.delete(f"/v1/members/{member_id}/remarks/{remark['id']}").status_code == 204
    assert listed(desk, member_id) == []
    assert desk.actions("gym")[-1] == "member.remark_removed"
    assert desk.client.post(f"/v1/members/{member_id}/remarks/{remark['id']}/open").json()["code"] == "remark_unknown"


def test_an_erased_member_takes_the_remarks_along(desk, gym):
    member_id = desk.member()
    write(desk, member_id, "Likes the window seat")
    ok(desk.client.delete(f"/v1/members/{member_id}"))
    with gym.cloud.database.reading() as session:
        assert session.exec(select(RemarkRow)).all() == []
    assert desk.client.get(f"/v1/members/{member_id}/remarks").json()["code"] == "member_erased"


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_nothing_and_too_much_are_refused(desk, text):
    member_id = desk.member()
    answer = desk.client.post(f"/v1/members/{member_id}/remarks", json={"id": str(uuid7(1)), "text": text})
    assert answer.status_code == 422
