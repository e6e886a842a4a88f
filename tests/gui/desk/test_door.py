"""The door's room, against a real server and kiosks that hand in what happened."""

import itertools
import stat
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from admin_desktop.door import live
from admin_desktop.door.check_in import CheckInSheet
from admin_desktop.door.evacuating import EvacuationSheet
from admin_desktop.door.keeping import Kept, KeptCheckIns
from admin_desktop.door.kept import KeptSheet, WhoSheet
from admin_desktop.door.taking_back import TakeBackSheet
from admin_desktop.widgets.sheet import Question
from admin_desktop.widgets.signs import Sign
from cloud_api.operate.opening import open_cloud
from shared.client.errors import ServerFailed
from shared.clock import SystemClock
from shared.contracts.devices import EventUpload
from shared.contracts.gym import MemberView, NewMember
from shared.domain.attendance import EventKind, Outcome
from shared.domain.device import Direction
from shared.domain.roles import Group
from shared.errors import Rejected, Unavailable
from tests.support.builders import an_event_record, an_id
from tests.support.desk import a_desk

CONTROL = Qt.KeyboardModifier.ControlModifier
_names = itertools.count(1)


class Door:
    """A kiosk of the gym: what it hands in is what happened."""

    def __init__(self, gym, name):
        self._gym = gym
        self.device = gym.live.device_client(name)
        self._numbers = itertools.count(1)

    def saw(self, member=None, *, ago=timedelta(0), outcome=Outcome.GRANTED, **facts):
        at = SystemClock().now() - ago
        facts |= {"member_id": None if member is None else member.id, "membership_id": None, "lookup": None}
        event = an_event_record(
            id=an_id(), number=next(self._numbers), wall_at=at, door_at=at, outcome=outcome, **facts
        )
        body = EventUpload(stream_id=self.device.enrolment.stream_id, events=[event]).model_dump_json()
        self.device.client.post("/v1/devices/self/events", content=body).raise_for_status()
        return event

    def refused(self, member=None, reason="membership_ended", **facts):
        return self.saw(member, outcome=Outcome.DENIED, reason=reason, **facts)


@pytest.fixture(scope="module")
def door(gym):
    return Door(gym, "Side door")


@pytest.fixture(autouse=True)
def polled_often(monkeypatch):
    """Ten times as often as at work: the tests wait for each poll."""
    monkeypatch.setattr(live, "POLL_MS", 200)


@pytest.fixture
def room(polled_often, desk):  # before the desk is opened
    return ready(desk)


def ready(desk):
    room = desk.room("door")
    desk.wait_until(lambda: room.live.picture is not None)
    QTest.mouseMove(room.title, QPoint(2, 2))
    desk.settle()
    return room


def a_member(gym, name=None, **facts):
    new = NewMember(given_name=name or f"Vera{next(_names)}", home_site_id=gym.live.site_id, **facts)
    return MemberView.model_validate(gym.live.call("POST", "/v1/members", json=new.model_dump(mode="json")))


def visits_of(gym, member):
    return gym.live.call("GET", "/v1/visits", params={"member_id": str(member.id)})["items"]


def events_of(gym, member):
    return gym.live.call("GET", "/v1/attendance", params={"member_id": str(member.id)})["items"]


def seen(desk, room, event):
    """Wait until the room has heard of an event; nothing is asked for by hand."""
    desk.wait_until(lambda: any(each.id == event.id for each in room.live.picture.entries))
    desk.settle()


def listed(room):
    return [row.id for row in room.model.rows]


def sheet(desk, kind):
    return next(each for each in desk.window.findChildren(kind) if each.isVisible())


def choose(desk, sheet, name, value):
    field = sheet.form.fields[name]
    field.combo.setCurrentIndex(field._values.index(value))
    field.combo.activated.emit(field.combo.currentIndex())
    desk.settle()


def pick(desk, sheet, member):
    desk.type(sheet.form.fields["who"].picker.line, member.given_name)
    desk.key(Qt.Key.Key_Return)
    assert sheet.form.fields["who"].picker.who.name == member.given_name


def take_away(gym, desk, room):
    gym.live.server.kill()
    room.live.look()
    desk.wait_until(lambda: not desk.window.ask.contact.online)
    desk.settle()


def bring_back(gym, desk):
    gym.live.start()
    desk.frame._try_now()
    desk.wait_until(lambda: desk.window.ask.contact.online)


def test_who_comes_is_on_the_card_within_a_poll_and_then_the_first_row(gym, desk, room, door):
    first, second = a_member(gym), a_member(gym)
    event = door.saw(first)
    seen(desk, room, event)
    assert room.card.name.text() == first.given_name
    assert "Side door" in room.card.detail.text()
    then = door.saw(second)
    seen(desk, room, then)
    assert room.card.name.text() == second.given_name
    assert listed(room)[0] == event.id
    assert then.id not in listed(room)


def test_a_refusal_is_said_in_staffs_exact_words_and_sounds_once(gym, desk, room, door):
    played = []
    room.sounds.play = played.append
    room.sound.setEnabled(True)
    room.sound.setChecked(True)
    member = a_member(gym)
    event = door.refused(member, "code_expired")
    seen(desk, room, event)
    desk.wait_until(lambda: played != [])
    assert room.card.flood.sign is Sign.REFUSED
    assert room.card.why.text() == "Code expired"
    assert "40 s before or 15 s after" in room.card.detail.text()
    room.live.look()
    desk.settle()
    assert played == ["refusal"]


def test_what_was_refused_long_ago_and_comes_now_makes_no_sound(gym, desk, room, door):
    played = []
    room.sounds.play = played.append
    room.sound.setChecked(True)
    seen(desk, room, door.refused(a_member(gym), ago=timedelta(minutes=20)))
    assert played == []


def test_every_reason_notice_and_flag_of_the_wire_has_words_in_both_languages():
    from admin_desktop.shell.words import Words, load_catalogue
    from shared.domain.decision import DenialReason
    from shared.domain.verdicts import NoticeKind

    with open("docs/wire/flags.md", encoding="utf-8") as page:  # noqa: PTH123  # read beside the product
        flags = [line.split("`")[1] for line in page if line.startswith("| `") and "<" not in line]
    wanted = [f"door.{family}.{reason.value}" for reason in DenialReason for family in ("reason", "exact")]
    wanted += [f"door.notice.{kind.value}" for kind in NoticeKind] + [f"door.flag.{flag}" for flag in flags]
    for language in ("en", "da"):
        assert [key for key in wanted if key not in load_catalogue()._texts[language]] == []
    assert Words(load_catalogue()).knows("door.flag.salvaged")


def test_new_rows_wait_while_the_pointer_is_on_the_list_and_come_when_it_leaves(gym, desk, room, door):
    seen(desk, room, door.saw(a_member(gym)))
    seen(desk, room, door.saw(a_member(gym)))
    before = listed(room)
    QTest.mouseMove(room.table.viewport(), QPoint(80, 20))
    desk.settle()
    seen(desk, room, door.saw(a_member(gym)))
    newest = door.saw(a_member(gym))
    seen(desk, room, newest)
    assert listed(room) == before
    assert room.table.newer.isVisible()
    assert "2 newer" in room.table.newer.text()
    assert room.card.entry.id == newest.id
    QTest.mouseMove(room.title, QPoint(2, 2))
    desk.wait_until(lambda: len(listed(room)) == len(before) + 2)
    assert not room.table.newer.isVisible()


def test_the_waiting_rows_can_be_asked_for(gym, desk, room, door):
    seen(desk, room, door.saw(a_member(gym)))
    QTest.mouseMove(room.table.viewport(), QPoint(80, 20))
    event = door.saw(a_member(gym))
    seen(desk, room, event)
    seen(desk, room, door.saw(a_member(gym)))
    desk.click(room.table.newer)
    assert event.id in listed(room)


def test_only_the_refused_can_be_listed_and_what_comes_follows(gym, desk, room, door):
    seen(desk, room, door.refused(a_member(gym)))
    seen(desk, room, door.saw(a_member(gym)))
    desk.click(desk.button("Refused", room))
    assert {row.outcome for row in room.model.rows} == {Outcome.DENIED}
    event = door.refused(a_member(gym))
    seen(desk, room, event)
    seen(desk, room, door.saw(a_member(gym)))
    assert listed(room)[0] == event.id
    desk.click(desk.button("All", room))
    assert {row.outcome for row in room.model.rows} != {Outcome.DENIED}


def test_whoever_was_refused_is_let_in_with_a_reason_and_counts_at_once(gym, desk, room, door):
    member = a_member(gym)
    event = door.refused(member)
    seen(desk, room, event)
    desk.click(room.card.let_in)
    asked = sheet(desk, CheckInSheet)
    assert desk.says("no grace is left", asked)
    desk.click(asked.main)
    assert "why the member may come in" in asked.form.fields["reason"].complaint
    assert visits_of(gym, member) == []
    choose(desk, asked, "reason", "paid_here")
    desk.click(asked.main)
    assert f"{member.given_name} is checked in" in desk.toast
    (visit,) = visits_of(gym, member)
    (manual,) = [each for each in events_of(gym, member) if each["kind"] == "manual"]
    assert manual["note"] == "Paid at the desk"
    desk.wait_until(lambda: any(each.name == member.given_name for each in room.live.picture.inside.items))
    assert visit["check_ins"] == 1


def test_a_check_in_can_be_undone_from_its_toast(gym, desk, room):
    member = a_member(gym)
    desk.key(Qt.Key.Key_N, CONTROL)
    pick(desk, sheet(desk, CheckInSheet), member)
    desk.key(Qt.Key.Key_Return, CONTROL)
    assert len(visits_of(gym, member)) == 1
    desk.click(desk.button("Undo"))
    assert visits_of(gym, member) == []


def test_a_forgotten_visit_is_entered_for_its_time(gym, desk, room):
    member = a_member(gym)
    desk.click(desk.button("Forgotten visit", room))
    asked = sheet(desk, CheckInSheet)
    pick(desk, asked, member)
    there = SystemClock().now().astimezone(desk.frame.context.sites.zone) - timedelta(days=2)
    asked.form.fields["day"].edit.setDate(there.date())
    asked.form.fields["time"].edit.setTime(there.time().replace(second=0, microsecond=0))
    desk.click(asked.main)
    (visit,) = visits_of(gym, member)
    assert visit["opened_at"][:16] == there.astimezone(SystemClock().now().tzinfo).isoformat()[:16]


def test_a_time_that_has_not_come_is_said_at_its_field(gym, desk, room):
    member = a_member(gym)
    desk.click(desk.button("Forgotten visit", room))
    asked = sheet(desk, CheckInSheet)
    pick(desk, asked, member)
    asked.form.fields["day"].edit.setDate(desk.frame.context.today + timedelta(days=1))
    desk.click(asked.main)
    assert "not come yet" in asked.form.fields["time"].complaint
    assert asked.form.fields["who"].picker.who.member_id == member.id


def test_another_reason_needs_words(gym, desk, room):
    member = a_member(gym)
    desk.key(Qt.Key.Key_N, CONTROL)
    asked = sheet(desk, CheckInSheet)
    pick(desk, asked, member)
    choose(desk, asked, "reason", "other")
    desk.click(asked.main)
    assert asked.form.fields["note"].complaint
    desk.type(asked.form.fields["note"].line, "Fire brigade")
    desk.click(asked.main)
    assert [each["note"] for each in events_of(gym, member)] == ["Fire brigade"]


def test_nobody_chosen_is_said_and_the_sheet_stays(desk, room):
    desk.key(Qt.Key.Key_N, CONTROL)
    asked = sheet(desk, CheckInSheet)
    desk.click(asked.main)
    assert "Choose somebody" in asked.form.fields["who"].complaint
    assert asked.isVisible()


def test_a_member_erased_meanwhile_is_said_and_nothing_typed_is_lost(gym, desk, room):
    member = a_member(gym)
    desk.key(Qt.Key.Key_N, CONTROL)
    asked = sheet(desk, CheckInSheet)
    pick(desk, asked, member)
    desk.type(asked.form.fields["note"].line, "with a guest")
    gym.live.call("DELETE", f"/v1/members/{member.id}")
    desk.click(asked.main)
    assert asked.isVisible()
    assert asked.problem.text()
    assert asked.form.fields["note"].line.text() == "with a guest"


def test_a_visit_is_taken_back_with_its_original_kept_and_comes_again_by_undo(gym, desk, room, door):
    member = a_member(gym)
    event = door.saw(member)
    seen(desk, room, event)
    seen(desk, room, door.saw(a_member(gym)))
    row = next(row for row in room.model.rows if row.id == event.id)
    room.does.act_on(row)
    menu = next(each for each in desk.window.findChildren(QMenu) if each.isVisible())
    next(act for act in menu.actions() if act.text() == "Take back …").trigger()
    menu.close()
    asked = sheet(desk, TakeBackSheet)
    choose(desk, asked, "reason", "wrong_member")
    desk.click(asked.main)
    assert visits_of(gym, member) == []
    original = next(each for each in events_of(gym, member) if each["id"] == str(event.id))
    assert original["voided"]
    desk.wait_until(lambda: next(row for row in room.model.rows if row.id == event.id).voided)
    desk.click(desk.button("Undo"))
    (visit,) = visits_of(gym, member)
    assert visit["opened_at"][:19] == original["at"][:19]


def test_how_many_are_inside_of_how_many(gym, desk, room):
    site = gym.live.call("GET", "/v1/sites")["items"][0]
    assert room.inside.ring._count == gym.live.call("GET", f"/v1/sites/{site['id']}/occupancy")["inside"]
    member = a_member(gym)
    gym.live.call("POST", "/v1/attendance", json={"member_id": str(member.id), "site_id": site["id"]})
    desk.wait_until(lambda: any(member.given_name in line for line in room.inside._shown))
    assert room.inside.ring._count == len(room.inside._shown)


def test_a_check_in_while_the_cloud_is_away_is_kept_and_sent_once(gym, desk, room):
    member = a_member(gym)
    gym.live.call("POST", "/v1/attendance", json={"member_id": str(member.id), "site_id": str(gym.live.site_id)})
    desk.wait_until(lambda: room.known.find(member.given_name) != [])
    take_away(gym, desk, room)
    began, heard = SystemClock().now(), []
    desk.window.ask.contact_changed.connect(heard.append)
    desk.key(Qt.Key.Key_N, CONTROL)
    pick(desk, sheet(desk, CheckInSheet), member)
    desk.key(Qt.Key.Key_Return, CONTROL)
    assert "will be sent" in desk.toast
    assert room.kept.isVisible()
    assert heard == []
    assert room.kept.chip.chip.text == "Kept, will be sent"
    (kept,) = room.keeper.waiting
    bring_back(gym, desk)
    desk.wait_until(lambda: not room.keeper.waiting)
    desk.settle()
    found = [each for each in events_of(gym, member) if each["id"] == str(kept.id)]
    assert len(found) == 1
    assert found[0]["at"][:19] == kept.at.isoformat()[:19]
    assert kept.at >= began
    assert not room.kept.isVisible()
    assert "has been sent" in desk.toast


def test_a_check_in_whose_answer_is_lost_on_the_way_counts_once(gym, desk, room, monkeypatch):
    member, staff = a_member(gym), desk.window.desk.staff
    really, lost = staff.check_in, []

    def check_in(request):
        event = really(request)
        if not lost:
            lost.append(event.id)
            raise Unavailable("the answer was lost")
        return event

    monkeypatch.setattr(staff, "check_in", check_in)
    desk.key(Qt.Key.Key_N, CONTROL)
    pick(desk, sheet(desk, CheckInSheet), member)
    desk.key(Qt.Key.Key_Return, CONTROL)
    assert not any(each.isVisible() for each in desk.window.findChildren(CheckInSheet))
    desk.frame._try_now()
    desk.wait_until(lambda: not room.keeper.waiting)
    desk.settle()
    assert [each["id"] for each in events_of(gym, member)] == [str(each) for each in lost]
    assert len(visits_of(gym, member)) == 1


def test_what_an_earlier_run_kept_is_sent_and_says_who_wrote_it(gym, qapp, tmp_path):
    member, store = a_member(gym), KeptCheckIns(tmp_path / "kept-check-ins.db")
    at = SystemClock().now() - timedelta(minutes=3)
    kept = Kept(an_id(), member.id, member.given_name, gym.live.site_id, at, "Forgot the pass", "Jonas Bang")
    store.keep(kept)
    with a_desk(gym, qapp, tmp_path) as desk:
        ready(desk)
        desk.wait_until(lambda: events_of(gym, member) != [])
        desk.settle()
    (event,) = events_of(gym, member)
    assert event["id"] == str(kept.id)
    assert event["note"] == "Forgot the pass (Jonas Bang)"
    assert store.all() == []


def test_who_cannot_be_found_while_the_cloud_is_away_is_noted_as_typed_and_named_later(gym, desk, room):
    member = a_member(gym, "Walpurga")
    take_away(gym, desk, room)
    desk.key(Qt.Key.Key_N, CONTROL)
    asked = sheet(desk, CheckInSheet)
    desk.type(asked.form.fields["who"].picker.line, "Walp with the red bag")
    desk.key(Qt.Key.Key_Return)
    desk.key(Qt.Key.Key_Return, CONTROL)
    assert room.kept.chip.chip.text == "Who was it?"
    bring_back(gym, desk)
    desk.settle()
    assert len(room.keeper.waiting) == 1
    desk.click(room.kept.show_all)
    desk.click(desk.button("Choose …", sheet(desk, KeptSheet)))
    asked = sheet(desk, WhoSheet)
    pick(desk, asked, member)
    desk.click(asked.main)
    desk.wait_until(lambda: not room.keeper.waiting)
    assert len(visits_of(gym, member)) == 1


def test_a_note_that_the_cloud_refuses_stays_with_its_reason_until_it_is_removed(gym, desk, room):
    kept = Kept(an_id(), an_id(), "Nobody", gym.live.site_id, SystemClock().now(), "", "Ulla Holm")
    room.keeper.keep(kept)
    desk.wait_until(lambda: any(each.refused for each in room.keeper.waiting))
    assert room.kept.chip.chip.text == "Not taken"
    desk.click(room.kept.show_all)
    desk.click(desk.button("Remove", sheet(desk, KeptSheet)))
    desk.click(sheet(desk, Question).yes)
    desk.wait_until(lambda: not room.keeper.waiting)


def test_the_evacuation_list_has_everybody_also_while_the_cloud_is_away(gym, desk, room, monkeypatch, tmp_path):
    member, noted = a_member(gym, "Ædelgard"), a_member(gym, "Zenobia")
    gym.live.call("POST", "/v1/attendance", json={"member_id": str(member.id), "site_id": str(gym.live.site_id)})
    desk.wait_until(lambda: any(each.name == "Ædelgard" for each in room.live.picture.inside.items))
    take_away(gym, desk, room)
    kept = Kept(an_id(), noted.id, "Zenobia", gym.live.site_id, SystemClock().now(), "", "Ulla Holm")
    room.keeper.keep(kept)
    desk.wait_until(lambda: room.keeper.waiting != [])
    desk.frame.open("members")
    desk.key(Qt.Key.Key_F9)
    shown = sheet(desk, EvacuationSheet)
    assert desk.says("Ædelgard", shown)
    assert desk.says("Zenobia (noted by hand)", shown)
    path = tmp_path / "list.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    desk.click(shown.save_button)
    desk.wait_until(path.exists)
    assert path.read_bytes().startswith(b"%PDF")
    assert "is saved" in desk.toast
    bring_back(gym, desk)
    desk.wait_until(lambda: not room.keeper.waiting)


def test_a_pc_without_a_printer_says_what_to_do_instead(desk, room):
    assert QPrinterInfo.defaultPrinter().isNull()
    desk.key(Qt.Key.Key_F9)
    shown = sheet(desk, EvacuationSheet)
    desk.key(Qt.Key.Key_Return, CONTROL)
    assert "Save the list as a PDF" in shown.problem.text()


def test_staff_may_do_all_of_it(gym, open_desk):
    room = ready(open_desk(role=Group.STAFF))
    assert all(press.isEnabled() for press in (room.inside.evacuate, *room.filters.values()))
    assert room.context.me.may("attendance.change")


def test_an_entry_that_a_revoked_kiosk_handed_in_is_let_count(gym, desk, room, door):
    member = a_member(gym)
    event = door.saw(member)
    cloud = open_cloud(gym.live.settings)
    with cloud.database.transaction() as session:
        from cloud_api.gym.tables import AttendanceRow

        session.get_one(AttendanceRow, event.id).is_held = True
    cloud.database.close()
    room.live.look()
    desk.wait_until(lambda: any(each.id == event.id and each.held for each in room.live.picture.entries))
    room.does.accept(next(each for each in room.live.picture.entries if each.id == event.id))
    desk.settle()
    assert "counts now" in desk.toast
    assert not next(each for each in events_of(gym, member) if each["id"] == str(event.id))["held"]


class Answering:
    """A cloud that says what a test wants to each check-in in turn, and remembers what it was asked."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def check_in(self, request):
        self.asked.append(request)
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer


def a_note(**changes):
    facts = {"member_id": an_id(), "who": "Nora", "site_id": an_id(), "note": "", "noted_by": "Ulla"}
    facts |= {"id": an_id(), "at": SystemClock().now() - timedelta(hours=1)}
    return Kept(**(facts | changes))


def test_only_this_pcs_user_can_read_what_is_kept(tmp_path):
    store = KeptCheckIns(tmp_path / "kept.db")
    store.keep(a_note())
    assert stat.S_IMODE((tmp_path / "kept.db").stat().st_mode) == 0o600


def send(store, cloud, now=None):
    from admin_desktop.door.keeping import send_kept

    return send_kept(store, cloud, me="Ulla", now=now or SystemClock().now())


def test_a_lost_answer_is_asked_again_with_the_same_id(tmp_path):
    store, note = KeptCheckIns(tmp_path / "kept.db"), a_note()
    store.keep(note)
    cloud = Answering(Unavailable("lost"))
    with pytest.raises(Unavailable):
        send(store, cloud)
    assert store.all() == [note]
    assert send(store, cloud) == [note]
    assert [request.id for request in cloud.asked] == [note.id, note.id]
    assert store.all() == []


def test_a_note_that_the_cloud_stumbles_over_or_refuses_holds_up_none_behind_it(tmp_path):
    store = KeptCheckIns(tmp_path / "kept.db")
    notes = [a_note(at=SystemClock().now() - timedelta(hours=3 - hour)) for hour in range(3)]
    for note in notes:
        store.keep(note)
    assert send(store, Answering(ServerFailed("bad"), Rejected("no such member", code="member_unknown"))) == [notes[2]]
    assert [(note.id, note.refused) for note in store.all()] == [(notes[0].id, None), (notes[1].id, "no such member")]


def test_a_pc_whose_clock_runs_ahead_waits_and_is_not_refused(tmp_path):
    store, now = KeptCheckIns(tmp_path / "kept.db"), SystemClock().now()
    store.keep(a_note(at=now))
    ahead = Rejected("ahead", code="invalid_input")
    assert send(store, Answering(ahead), now) == []
    assert [note.refused for note in store.all()] == [None]
    assert send(store, Answering(ahead), now + timedelta(minutes=11)) == []
    assert [note.refused for note in store.all()] == ["ahead"]


def test_a_file_that_cannot_be_written_is_said_in_plain_words(tmp_path):
    (tmp_path / "kept.db").write_bytes(b"not a database at all, " * 100)
    with pytest.raises(Rejected) as no:
        KeptCheckIns(tmp_path / "kept.db").keep(a_note())
    assert no.value.code == "not_kept"


def test_everybody_stands_once_on_the_pages_in_order(app, tmp_path):
    from zoneinfo import ZoneInfo

    from admin_desktop.door.evacuation import Paper, pages_of, write_pdf
    from admin_desktop.door.inside import Present

    people = [Present(f"Member {number:03}", SystemClock().now()) for number in range(203)]
    pages = pages_of(people, 30)
    assert [each for page in pages for column in page for each in column] == people
    assert pages_of([], 30) == [[[], []]]
    paper = Paper("Inside", "203 people", "by hand", "Page {n} of {of}", people, ZoneInfo("Europe/Copenhagen"))
    content = write_pdf(tmp_path / "list.pdf", paper).read_bytes()
    assert content.count(b"/Type /Page\n") == 4
    with pytest.raises(Rejected) as no:
        write_pdf(tmp_path / "absent" / "list.pdf", paper)
    assert no.value.code == "not_written"


def test_leaving_is_no_refusal_and_void_events_are_no_entries(gym, desk, room, door):
    member = a_member(gym)
    entry = door.saw(member, ago=timedelta(minutes=1))
    way_out = door.saw(member, direction=Direction.EXIT)
    seen(desk, room, way_out)
    assert room.card.why.text() == "Left"
    assert room.card.flood.sign is Sign.LEFT
    door.saw(None, outcome=None, kind=EventKind.VOID, refers_to=entry.id)
    desk.wait_until(lambda: any(row.id == entry.id and row.voided for row in room.model.rows))
    assert {row.kind for row in (*room.model.rows, *room.live.picture.entries)} <= {EventKind.SCAN, EventKind.MANUAL}
    assert QApplication.activePopupWidget() is None


def test_a_check_in_by_hand_and_the_evacuation_list_are_at_hand_in_every_room(desk):
    desk.room("members")
    desk.click(desk.frame.top.check_in)
    assert sheet(desk, CheckInSheet).form.fields["who"].picker.line.hasFocus()
    desk.key(Qt.Key.Key_Escape)
    desk.room("members")
    for _ in range(2):
        desk.key(Qt.Key.Key_F9)
    desk.wait_until(lambda: desk.window.findChildren(EvacuationSheet) != [])
    assert len(desk.window.findChildren(EvacuationSheet)) == 1
