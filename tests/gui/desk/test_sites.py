"""The sites' room, against a real server: every rule, hours, closings, who has heard, and who was overtaken."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QDate, Qt, QTime

from admin_desktop.coming.sheet import FromDaySheet
from admin_desktop.sites.rules import RULES, bounds, change_of, values_of
from admin_desktop.widgets.sheet import Question, Sheet
from shared.clock import SystemClock
from shared.contracts.gym import PolicyDraft, SiteView
from tests.support.desk import a_desk
from tests.support.heartbeats import beat

FACTS = {"name": "Quay", "zone": "Europe/Copenhagen"}


@pytest.fixture(scope="module")
def desk(gym, qapp, tmp_path_factory):
    """One for all tests here: each has a site of its own."""
    with a_desk(gym, qapp, tmp_path_factory.mktemp("at_work")) as at_work:
        yield at_work


@pytest.fixture(autouse=True)
def tidy(desk):
    desk.window.activateWindow()  # another test may have had another desk
    yield
    desk.tidy()
    desk.room("sites").editor.discard()
    desk.settle()


@pytest.fixture
def site(gym, request):
    """A site of the test's own, at which the usual rules count."""
    made = gym.live.call("POST", "/v1/sites", json={**FACTS, "name": request.node.name[-60:]})
    return SiteView.model_validate(made)


def stored(gym, site):
    return SiteView.model_validate(gym.live.call("GET", f"/v1/sites/{site.id}"))


def put(gym, site, **facts):
    body = site.model_dump(mode="json") | facts
    return gym.live.call("PUT", f"/v1/sites/{site.id}", json={k: v for k, v in body.items() if k != "version"})


def show(desk, site):
    room = desk.room("sites")
    room.go_to(site.id)
    desk.settle()
    assert room.editor.site.id == site.id
    return room


def choose(line, place):
    line.editor.combo.setCurrentIndex(place)
    line.editor.combo.activated.emit(place)


def test_every_policy_of_the_door_is_a_line_with_its_meaning_and_its_default(desk):
    room = desk.room("sites")
    assert set(RULES) == set(PolicyDraft.model_fields)
    for name in RULES:
        assert "Usually" in room.editor.lines[name].about.text()
    assert "Usually 7\u00a0days." in room.editor.lines["grace_days"].about.text()


def test_what_can_be_chosen_is_what_the_contract_takes():
    assert bounds("grace_days", 1) == (0, 90)
    assert bounds("dwell_s", 60) == (1, 24 * 60)


def test_a_site_taken_apart_and_put_together_is_the_same(gym, site):
    put(gym, site, hours=[{"weekday": 5, "opens": 480, "closes": 1560}], exceptions={"2030-12-24": []}, capacity=140)
    before = stored(gym, site)
    change = change_of(values_of(before), version=before.version, today=SystemClock().now().date())
    after = SiteView.model_validate(gym.live.call("PUT", f"/v1/sites/{site.id}", json=change.model_dump(mode="json")))
    assert after.model_copy(update={"version": before.version}) == before


def test_a_changed_line_is_tinted_and_what_is_sent_counts(gym, desk, site):
    room = show(desk, site)
    editor = room.editor
    assert not editor.send_button.isEnabled()
    line = editor.lines["grace_days"]
    line.editor.spin.setValue(3)
    choose(editor.lines["anti_passback"], 1)
    assert (line.property("tinted"), editor.lines["dwell_s"].property("tinted")) == ("true", "false")
    assert editor.chip.chip.text == "2 not sent"
    desk.click(editor.send_button)
    policy = stored(gym, site).policy
    assert (policy.grace_days, policy.anti_passback.value) == (3, "soft")
    assert (line.property("tinted"), editor.chip.chip.text) == ("false", "All sent")
    desk.click(desk.button("Undo"))
    assert stored(gym, site).policy == site.policy
    assert line.editor.spin.value() == 7


def test_what_was_not_touched_is_sent_to_the_second(gym, desk, site):
    policy = site.policy.model_dump(mode="json") | {"dwell_s": 3333, "linear_symbologies": ["Code93"]}
    put(gym, site, policy=policy)
    room = show(desk, site)
    choose(room.editor.lines["documents"], 2)
    desk.click(room.editor.send_button)
    saved = stored(gym, site).policy
    assert (saved.dwell_s, saved.linear_symbologies, saved.documents.value) == (3333, ["Code93"], "hard")


def test_discard_brings_back_what_the_cloud_has(gym, desk, site):
    room = show(desk, site)
    room.editor.lines["grace_days"].editor.spin.setValue(3)
    desk.click(room.editor.discard_button)
    assert room.editor.lines["grace_days"].editor.spin.value() == 7
    assert stored(gym, site).version == site.version


def test_hours_of_a_weekday_and_past_midnight(gym, desk, site):
    room = show(desk, site)
    room.editor.tabs.setCurrentIndex(1)
    week = room.editor.lines["hours"].editor
    week.always.click()
    for day in week.days[:4] + week.days[5:]:
        day.show_spans(())
    first, last, _ = week.days[4]._spans[0]
    first.setTime(QTime(18, 0))
    last.setTime(QTime(2, 0))
    desk.click(week.days[0].more)
    desk.click(room.editor.send_button)
    hours = [(each.weekday, each.opens, each.closes) for each in stored(gym, site).hours]
    assert hours == [(0, 360, 1320), (4, 1080, 1560)]


def test_a_holiday_and_days_that_are_closed(gym, desk, site):
    room = show(desk, site)
    room.editor.tabs.setCurrentIndex(1)
    days = room.editor.lines["exceptions"].editor
    first = days._today() + timedelta(days=30)
    for edit, ahead in ((days.first, 30), (days.last, 32)):
        day = days._today() + timedelta(days=ahead)
        edit.setDate(QDate(day.year, day.month, day.day))
    desk.click(days.add)
    desk.click(days.days[first][0].more)
    desk.click(room.editor.send_button)
    saved = stored(gym, site).exceptions
    assert [len(saved[first + timedelta(days=each)]) for each in range(3)] == [1, 0, 0]


def test_whoever_was_overtaken_sees_both_and_sends_again(gym, desk, site):
    room = show(desk, site)
    lines = room.editor.lines
    lines["grace_days"].editor.spin.setValue(3)
    put(gym, site, policy=site.policy.model_dump(mode="json") | {"ends_soon_days": 14, "grace_days": 5})
    desk.click(room.editor.send_button)
    assert "Somebody else changed this site meanwhile." in room.editor.problem.text()
    assert stored(gym, site).policy.grace_days == 5
    assert (lines["ends_soon_days"].editor.spin.value(), lines["grace_days"].editor.spin.value()) == (14, 3)
    assert (lines["ends_soon_days"].is_changed, lines["grace_days"].is_changed) == (False, True)
    desk.click(room.editor.send_button)
    policy = stored(gym, site).policy
    assert (policy.grace_days, policy.ends_soon_days) == (3, 14)


def test_each_kiosk_shows_when_it_has_heard(gym, desk, site):
    device = gym.live.device_client("Gate of the quay", site_id=site.id)
    known = roster(gym, device)
    beat(device, roster_epoch=known["epoch"], roster_version=known["version"])
    room = show(desk, site)
    desk.wait_until(lambda: room.heard.chips["Gate of the quay"].chip.text == "Has heard")
    assert room.editor.send_button.text() == "Send to the kiosk"
    room.editor.lines["grace_days"].editor.spin.setValue(3)
    desk.click(room.editor.send_button)
    desk.wait_until(lambda: room.heard.chips["Gate of the quay"].chip.text == "Not yet")
    known = roster(gym, device)
    beat(device, roster_epoch=known["epoch"], roster_version=known["rules_version"])
    desk.wait_until(lambda: room.heard.chips["Gate of the quay"].chip.text == "Has heard")


def roster(gym, device):
    devices = gym.live.call("GET", "/v1/devices")
    return next(each for each in devices if each["id"] == str(device.enrolment.device_id))["roster"]


def test_a_site_is_opened_and_is_there_at_the_top(gym, desk):
    room = desk.room("sites")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    sheet = desk.on_top(Sheet)
    desk.type(sheet.form.fields["name"].editor, "Island")
    desk.type(sheet.form.fields["zone"].editor, "Europe/Nowhere")
    desk.click(sheet.main)
    assert sheet.form.fields["zone"].complaint
    desk.type(sheet.form.fields["zone"].editor, "Atlantic/Faroe")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_until(lambda: room.editor.site.name == "Island")
    assert room.editor.site.zone == "Atlantic/Faroe"
    assert desk.frame.top.site.findText("Island") >= 0
    assert desk.frame.context.sites.name_of(room.editor.site.id) == "Island"


def test_another_site_is_shown_only_when_nothing_is_lost(gym, desk, site):
    room = show(desk, site)
    room.editor.lines["grace_days"].editor.spin.setValue(3)
    room.table.choose(0)
    desk.settle()
    question = desk.on_top(Question)
    assert room.editor.site.id == site.id
    assert room.editor.changes == 1
    desk.click(question.yes)
    assert room.editor.site.id != site.id


def test_what_is_wrong_is_said_at_its_line(desk, site):
    room = show(desk, site)
    lines = room.editor.lines
    lines["roster_soft_after_s"].editor.spin.setValue(100)
    desk.click(room.editor.send_button)
    assert "must be shorter" in lines["roster_soft_after_s"].problem.text()
    desk.click(room.editor.discard_button)
    room.editor.tabs.setCurrentIndex(2)
    desk.type(lines["zone"].editor.line, "Europe/Nowhere")
    desk.click(room.editor.send_button)
    assert "no time zone" in lines["zone"].problem.text()
    assert lines["zone"].editor.line.text() == "Europe/Nowhere"


def test_rules_and_hours_from_a_day_on_are_told_with_their_values(gym, desk, site):
    room = show(desk, site)
    room.editor.lines["grace_days"].editor.spin.setValue(9)
    room.editor.lines["capacity"].editor.show_value(80)
    desk.click(room.editor.later_button)
    sheet = desk.on_top(FromDaySheet)
    sheet.form.fields["from_on"].edit.setDate(QDate(2031, 3, 1))
    desk.click(sheet.main)
    assert "1\N{NO-BREAK SPACE}March 2031" in desk.toast
    assert room.editor.changes == 0
    desk.wait_until(room.editor.coming.isVisible)
    assert room.editor.coming.text.text() == "Days of grace: 9\N{NO-BREAK SPACE}days; Full at"
    assert stored(gym, site).policy.grace_days == site.policy.grace_days
    desk.click(room.editor.coming.press)
    assert not room.editor.coming.isVisible()
