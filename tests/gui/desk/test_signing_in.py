"""Who is at the desk: signing in, staying signed in, and who may not."""

from cloud_api.identity import people, sessions
from cloud_api.identity.messages import NewPerson
from cloud_api.identity.passwords import hash_password
from cloud_api.operate.opening import open_cloud
from shared.domain.roles import Group
from tests.support.desk import PASSWORD


def a_person(gym, email, role):
    cloud = open_cloud(gym.live.settings)
    with cloud.database.transaction() as session:
        person_id = people.create_person(session, NewPerson(name="Ida", email=email, groups=[role]), actor="system")
        sessions.set_password(session, person_id, hash_password(PASSWORD))
    cloud.database.close()


def sign_in(desk, email, password):
    page = desk.window.centralWidget()
    desk.type(page.email.line, email)
    desk.type(page.password.line, password)
    desk.click(page.press)
    return page


def test_a_person_signs_in_and_the_next_start_is_signed_in(gym, open_desk, qapp, tmp_path):
    a_person(gym, "ida@fit.test", Group.STAFF)
    desk = open_desk(role=None)
    sign_in(desk, "ida@fit.test", PASSWORD)
    desk.wait_until(lambda: desk.window.frame is not None)
    assert desk.frame.context.me.role is Group.STAFF
    from tests.support.desk import a_desk

    data = desk.window._settings.data
    desk.window.close()
    with a_desk(gym, qapp, data, role=None) as again:
        again.wait_until(lambda: again.window.frame is not None)


def test_a_wrong_password_is_said_and_the_address_stays(gym, open_desk):
    a_person(gym, "bo@fit.test", Group.STAFF)
    desk = open_desk(role=None)
    page = sign_in(desk, "bo@fit.test", "not the password")
    assert "not right" in page.problem.text()
    assert page.email.line.text() == "bo@fit.test"
    assert desk.window.frame is None


def test_a_member_without_a_role_has_no_desk(gym, open_desk):
    a_person(gym, "member@fit.test", Group.USER)
    desk = open_desk(role=None)
    page = sign_in(desk, "member@fit.test", PASSWORD)
    assert "no role at the desk" in page.problem.text()
    assert desk.window.frame is None


def test_empty_fields_are_said_at_their_place(open_desk):
    desk = open_desk(role=None)
    page = desk.window.centralWidget()
    desk.click(page.press)
    assert page.email.complaint
    assert page.email.editor.hasFocus()


def test_signing_out_ends_it_on_this_pc_and_on_the_server(desk):
    kept = desk.window._settings.data / "secrets" / "sign-in"
    token = kept.read_text()
    desk.click(desk.button("Sign out"))
    assert desk.window.frame is None
    assert not kept.exists()
    session = desk.window.desk.staff.session
    session.resume(token)
    import pytest

    from shared.client.errors import NotRecognised

    with pytest.raises(NotRecognised):
        session._token()


def test_only_rooms_of_the_role_are_there(open_desk):
    staff = open_desk(role=Group.STAFF)
    assert {room.name for room in staff.frame.rooms} <= {room.name for room in open_desk().frame.rooms}
    assert all(staff.frame.context.me.may(room.operation) for room in staff.frame.rooms)


def test_a_secret_store_that_cannot_be_used_costs_the_sign_in_of_tomorrow_only(gym, open_desk, caplog):
    desk = open_desk()
    secrets = desk.window._settings.data / "secrets"
    secrets.chmod(0o755)  # open to others: it is refused
    desk.window.desk.staff.session._ends_at = 0  # the next call takes a new token, which is to be kept
    room = desk.room("members")
    desk.settle()
    assert room.model.rows
    assert "could not be kept" in caplog.text
    secrets.chmod(0o700)
