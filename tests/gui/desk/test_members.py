"""The members' room, against a real server."""

import json
import zipfile
from datetime import date
from uuid import uuid4

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from admin_desktop.members.reading import current_membership
from admin_desktop.widgets.forms import Field
from admin_desktop.widgets.sheet import Question, Sheet
from shared.clock import SystemClock
from shared.contracts.gym import MemberChange, NewMember
from shared.domain.ids import uuid7
from shared.domain.roles import Group
from tests.support.live import eventually


def a_member(gym, **facts):
    from shared.contracts.gym import MemberView

    new = NewMember(**{"given_name": "Nora", "home_site_id": gym.live.site_id, **facts})
    return MemberView.model_validate(gym.live.call("POST", "/v1/members", json=new.model_dump(mode="json")))


def show(desk, member):
    room = desk.room("members")
    desk.type(room.search, member.number)
    desk.wait_until(lambda: room.card.member is not None and room.card.member.id == member.id)
    return room


def test_the_list_is_there_and_the_search_has_the_focus(desk):
    room = desk.room("members")
    assert len(room.model.rows) >= 40
    assert room.search.hasFocus()


def test_a_search_finds_by_the_beginning_of_a_name_and_the_first_is_shown(gym, desk):
    member = a_member(gym, given_name="Zlatana", family_name="Quist")
    room = desk.room("members")
    desk.type(room.search, "zlat")
    assert [row.id for row in room.model.rows] == [member.id]
    desk.wait_until(lambda: room.card.member is not None)
    assert room.card.name.text() == "Zlatana Quist"


def test_nobody_found_says_so(desk):
    room = desk.room("members")
    desk.type(room.search, "xqzzy")
    assert room.nobody.isVisible()
    assert "xqzzy" in room.nobody.text()


def test_the_arrows_go_through_the_list_from_the_search(desk):
    room = desk.room("members")
    room.search.setFocus()
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_Down)
    desk.wait_until(lambda: room.card.member is not None)
    assert room.card.member.id == room.model.rows[1].id


def test_a_new_member_is_made_with_the_keyboard(gym, desk):
    room = desk.room("members")
    desk.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    desk.type(desk.window.focusWidget(), "Freja")
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait_until(lambda: "Freja" in desk.toast)
    assert room.card.member.given_name == "Freja"


def test_a_number_that_is_taken_is_said_at_its_field_and_nothing_typed_is_lost(gym, desk):
    taken = a_member(gym, given_name="Old")
    room = show(desk, a_member(gym, given_name="New"))
    room.edit()
    sheet = desk.on_top(Sheet)
    fields = {each.caption.text(): each for each in sheet.findChildren(Field)}
    desk.type(fields["Member number"].editor, taken.number)
    desk.type(fields["Phone"].editor, "12 34")
    desk.click(sheet.main)
    assert fields["Member number"].complaint
    assert fields["Phone"].editor.text() == "12 34"
    assert sheet.isVisible()


def test_whoever_was_overtaken_is_told_and_overwrites_nothing(gym, desk):
    member = a_member(gym, given_name="Rose")
    room = show(desk, member)
    room.edit()
    sheet = desk.on_top(Sheet)
    faster = MemberChange(given_name="Rosa", home_site_id=gym.live.site_id, version=member.version)
    gym.live.call("PUT", f"/v1/members/{member.id}", json=faster.model_dump(mode="json"))
    desk.type(desk.window.focusWidget(), "Rosemary")
    desk.click(sheet.main)
    assert "Somebody else was faster" in sheet.problem.text()
    assert gym.live.call("GET", f"/v1/members/{member.id}")["given_name"] == "Rosa"


def test_a_block_asks_first_and_can_be_taken_back(gym, desk):
    member = a_member(gym)
    room = show(desk, member)
    desk.click(room.card.block_button)
    question = desk.on_top(Question)
    assert question.safe.hasFocus()
    desk.click(question.yes)
    assert gym.live.call("GET", f"/v1/members/{member.id}")["blocked"]
    assert room.card.chip.chip.text == "Blocked"
    desk.click(room.card.block_button)
    assert not gym.live.call("GET", f"/v1/members/{member.id}")["blocked"]


def test_while_the_server_is_away_the_page_stays_and_says_how_old_it_is(gym, desk):
    room = desk.room("members")
    shown = list(room.model.rows)
    gym.live.server.kill()
    room.entered()
    desk.settle()
    assert desk.frame.banner.isVisible()
    assert desk.frame.top.contact.chip.text == "Offline"
    assert room.model.rows == shown
    gym.live.start()
    desk.click(desk.button("Try now"))
    desk.wait_until(lambda: not desk.frame.banner.isVisible())


def test_a_block_is_undone_by_ctrl_z_also_after_the_toast_went(gym, desk):
    member = a_member(gym)
    room = show(desk, member)
    desk.click(room.card.block_button)
    question = desk.on_top(Question)
    desk.click(question.yes)
    desk.frame.toasts.clear()
    assert desk.frame.top.undo.isEnabled()
    desk.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not gym.live.call("GET", f"/v1/members/{member.id}")["blocked"]
    assert not desk.frame.top.undo.isEnabled()


def head(room, title):
    """Where the head of a column is clicked."""
    header = room.table.horizontalHeader()
    place = next(place for place, column in enumerate(room.model.columns) if column.title == title)
    return header.viewport(), QPoint(header.sectionViewportPosition(place) + 20, header.height() // 2)


def test_the_head_of_a_column_orders_the_list_and_again_the_other_way_round(desk):
    room = desk.room("members")
    for expected in (False, True):
        viewport, at = head(room, "Paid through")
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
        desk.settle()
        until = [current_membership(row).paid_through_on for row in room.model.rows if row.memberships]
        assert until == sorted(until, reverse=expected)
        assert ("Paid through ↓" if expected else "Paid through ↑") in [
            room.model.headerData(place, Qt.Orientation.Horizontal) for place in range(room.model.columnCount())
        ]


def test_a_filter_bounds_the_list_says_how_many_and_goes_with_a_click(gym, desk):
    room = desk.room("members")
    total = room.model.found
    assert f"{total} members" in room.sentence.text()
    next(each for each in room.filters.state.menu_of_choices.actions() if each.text() == "Blocked").trigger()
    desk.settle()
    assert room.model.rows
    assert all(row.blocked for row in room.model.rows)
    assert room.sentence.text() == f"{len(room.model.rows)} of {total} members"
    assert room.filters.state.text() == "Blocked  ×"
    desk.click(room.filters.state)
    assert room.model.found == total
    assert not room.filters.state.isChecked()


def test_search_and_filters_go_together_and_a_member_come_from_elsewhere_is_not_hidden_by_them(gym, desk):
    member = a_member(gym, given_name="Quintessa")
    room = desk.room("members")
    next(each for each in room.filters.state.menu_of_choices.actions() if each.text() == "Active").trigger()
    desk.type(room.search, "quintessa")
    assert room.nobody.isVisible()
    room.context.go("members", member)
    desk.settle()
    assert [row.id for row in room.model.rows] == [member.id]


def tab(desk, room, name):
    room.card.tabs.open(name)
    desk.settle()
    return room.card.tabs


def lines_of(widget):
    return [each.text() for each in widget.findChildren(QLabel) if each.isVisible() and each.text()]


def test_the_timeline_tells_everything_newest_first(gym, desk):
    member = a_member(gym, given_name="Story")
    gym.live.call("POST", f"/v1/members/{member.id}/memberships", json={"plan_id": gym.live.plan_id})
    card = gym.live.call("POST", f"/v1/members/{member.id}/cards", json={})["member_pass"]["id"]
    gym.live.call("POST", f"/v1/passes/{card}/revoke")
    gym.live.call("POST", "/v1/attendance", json={"member_id": str(member.id), "site_id": str(gym.live.site_id)})
    new = {"id": str(uuid7(1)), "kind": "medical", "text": "Asthma"}
    gym.live.call("POST", f"/v1/members/{member.id}/remarks", json=new)
    room = show(desk, member)
    desk.settle()
    told = lines_of(room.card.tabs)
    wanted = ["Medical note", "Came in", "Pass revoked", "New pass", "Became a member", "Membership began"]
    assert [each for each in told if each in wanted] == wanted
    assert "Asthma" not in " ".join(told)


def sell_and_refund(gym, member_id):
    """Something paid by transfer, and given back."""
    line = {"kind": "sale", "plan_id": gym.live.plan_id, "membership_id": str(uuid4())}
    order = {"id": str(uuid4()), "site_id": str(gym.live.site_id), "member_id": str(member_id), "lines": [line]}
    eventually(
        lambda: gym.live.owner.post("/v1/orders", json=order).is_success
    )  # payments hears of the plan by an event
    tender = {"id": str(uuid4()), "method": "transfer"}
    gym.live.call("POST", f"/v1/orders/{order['id']}/payments", json=tender)
    refund = {"id": str(uuid4()), "method": "transfer", "reason": "moved away"}
    gym.live.call("POST", f"/v1/orders/{order['id']}/refunds", json=refund)


def test_passes_and_payments_are_said_in_words(gym, desk):
    member = a_member(gym, given_name="Wordy")
    gym.live.call("POST", f"/v1/members/{member.id}/cards", json={})
    sell_and_refund(gym, member.id)
    room = show(desk, member)
    assert "Card" in lines_of(tab(desk, room, "passes"))
    said = " ".join(lines_of(tab(desk, room, "payments")))
    assert "Given back -349.00" in said
    assert "Paid 349.00" in said
    assert "Transfer" in said
    assert "transfer" not in said


def test_a_note_is_written_and_read_and_removed_after_a_question(gym, desk):
    room = show(desk, a_member(gym, given_name="Noted"))
    notes = tab(desk, room, "notes").notes
    assert not notes.save.isEnabled()
    notes.text.setFocus()
    QTest.keyClicks(notes.text, "Likes mornings")
    desk.click(notes.save)
    assert "Likes mornings" in lines_of(notes)
    assert notes.text.toPlainText() == ""
    desk.click(desk.button("Remove", notes))
    desk.click(next(each for each in desk.window.findChildren(Question) if each.isVisible()).yes)
    assert "Likes mornings" not in lines_of(notes)


def test_a_medical_note_opens_with_a_click_and_is_closed_again_next_time(gym, desk):
    member = a_member(gym, given_name="Wheezy")
    room = show(desk, member)
    notes = tab(desk, room, "notes").notes
    QTest.keyClicks(notes.text, "Asthma")
    desk.click(notes.medical.box)
    desk.click(notes.save)
    assert "Asthma" not in lines_of(notes)
    desk.click(desk.button("Open (is written down)", notes))
    assert "Asthma" in lines_of(notes)
    tab(desk, room, "visits")
    assert "Asthma" not in lines_of(tab(desk, room, "notes").notes)


def test_a_note_that_cannot_be_saved_is_kept_and_saved_once_when_the_server_is_back(gym, desk):
    room = show(desk, a_member(gym, given_name="Kept"))
    notes = tab(desk, room, "notes").notes
    QTest.keyClicks(notes.text, "Do not lose me")
    gym.live.server.kill()
    desk.click(notes.save)
    assert notes.text.toPlainText() == "Do not lose me"
    gym.live.start()
    desk.click(notes.save)
    assert lines_of(notes).count("Do not lose me") == 1


def test_in_a_narrow_window_the_card_lies_over_the_list_while_it_is_wanted(gym, desk):
    room = show(desk, a_member(gym, given_name="Narrow"))
    beside, wide = room.beside, room.table.width()
    assert room.card.isVisible()
    desk.window.resize(1180, 720)
    desk.settle()
    assert not room.card.isVisible()
    assert room.table.width() > wide
    room.table.setFocus()
    desk.key(Qt.Key.Key_Return)
    assert beside.is_over
    assert beside.close_button.hasFocus()
    assert room.card.geometry().right() <= room.width()
    desk.key(Qt.Key.Key_Escape)
    assert not room.card.isVisible()
    assert room.table.hasFocus()
    place = room.table.visualRect(room.model.index(0, 0)).center()
    QTest.mouseClick(room.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert beside.is_over
    room.table.setFocus()
    desk.key(Qt.Key.Key_Return)
    assert desk.on_top(Sheet).form.fields["given_name"].line.text() == "Narrow"
    desk.key(Qt.Key.Key_Escape)
    assert beside.is_over
    desk.window.resize(1440, 900)
    desk.settle()
    assert room.card.isVisible()
    assert not beside.is_over
    assert room.table.width() == wide


def more(desk, room, text):
    next(each for each in room.card.more.acts.actions() if each.text() == text).trigger()
    desk.settle()


def test_somebody_under_age_without_guardian_is_said_and_linked_and_unlinked_on_both_cards(gym, desk):
    mother = a_member(gym, given_name="Motherly", family_name="Quill")
    child = a_member(gym, given_name="Childlike", family_name="Quill", born_on=f"{SystemClock().now().year - 9}-01-01")
    room = show(desk, child)
    desk.settle()
    assert desk.says("Under 18, and nobody answers", room.card)
    more(desk, room, "Choose a guardian …")
    sheet = desk.on_top(Sheet)
    QTest.keyClicks(sheet.who.picker.line, "motherly")
    desk.settle()
    desk.key(Qt.Key.Key_Return)
    desk.click(sheet.main)
    assert not desk.says("Under 18, and nobody answers", room.card)
    desk.click(desk.button("Motherly Quill", room.card.family))
    desk.wait_until(lambda: room.card.member.id == mother.id)
    desk.click(desk.button("Childlike Quill", room.card.family))
    desk.wait_until(lambda: room.card.member.id == child.id)
    desk.settle()
    gone = next(each for each in room.card.family.findChildren(QPushButton) if not each.text())
    desk.click(gone)
    assert desk.says("Under 18, and nobody answers", room.card)
    assert gym.live.call("GET", f"/v1/members/{child.id}")["guardian_id"] is None


def test_a_birthday_is_typed_as_people_do_and_one_that_is_none_is_said(gym, desk):
    room = show(desk, a_member(gym, given_name="Agnes"))
    room.edit()
    sheet = desk.on_top(Sheet)
    field = sheet.form.fields["born_on"]
    desk.type(field.line, "31.2.2012")
    desk.click(sheet.main)
    assert field.complaint
    desk.type(field.line, "31.5.2012")
    desk.click(sheet.main)
    assert room.card.member.born_on == date(2012, 5, 31)


def test_an_edit_keeps_guardian_and_host(gym, desk):
    guardian = a_member(gym, given_name="Garda")
    room = show(desk, a_member(gym, given_name="Wardy", guardian_id=str(guardian.id), host_id=str(guardian.id)))
    room.edit()
    sheet = desk.on_top(Sheet)
    desk.type(sheet.form.fields["phone"].editor, "12 34")
    desk.click(sheet.main)
    assert (room.card.member.guardian_id, room.card.member.host_id) == (guardian.id, guardian.id)


def test_somebody_who_works_here_is_put_on_a_staff_plan_without_money(gym, desk):
    plan = {"name": "Trainers", "months": 12, "price_minor": 0, "currency": "DKK", "for_staff": True}
    gym.live.call("POST", "/v1/plans", json=plan)
    room = show(desk, a_member(gym, given_name="Tove"))
    more(desk, room, "Put on a staff plan …")
    desk.click(desk.on_top(Sheet).main)
    assert [view.plan_name for view in room.card.member.memberships] == ["Trainers"]
    assert "staff plan" in desk.toast


def answer(desk, *, yes):
    question = desk.on_top(Question)
    desk.click(question.yes if yes else question.safe)


def test_two_who_are_one_are_found_and_merged_after_a_question(gym, desk):
    kept = a_member(gym, given_name="Twin", family_name="Zwilling", email="twin@fit.test")
    other = a_member(gym, given_name="T.", family_name="Zwilling", email="TWIN@fit.test")
    room = show(desk, kept)
    more(desk, room, "Find duplicates …")
    sheet = desk.on_top(Sheet)
    assert desk.says("Same mail address", sheet)
    desk.click(next(each for each in sheet.findChildren(QPushButton) if each.text() == "Keep this one"))
    assert desk.says("This cannot be undone")
    answer(desk, yes=False)
    assert not gym.live.call("GET", f"/v1/members/{other.id}")["erased"]
    more(desk, room, "Merge with another …")
    QTest.keyClicks(desk.on_top(Sheet).other.picker.line, other.number)
    desk.settle()
    desk.key(Qt.Key.Key_Return)
    desk.click(desk.on_top(Sheet).main)
    answer(desk, yes=True)
    assert "both histories" in desk.toast
    assert gym.live.call("GET", f"/v1/members/{other.id}")["merged_into"] == str(kept.id)
    desk.type(room.search, "zwilling")
    assert [row.id for row in room.model.rows] == [kept.id]


def test_a_member_is_erased_only_with_the_name_typed_and_there_is_a_receipt(gym, desk, tmp_path, monkeypatch):
    from PySide6.QtWidgets import QFileDialog

    member = a_member(gym, given_name="Lethe", family_name="Gone")
    room = show(desk, member)
    more(desk, room, "Erase for good …")
    sheet = desk.on_top(Sheet)
    assert desk.says("Receipts and payments", sheet)
    desk.type(sheet.typed.line, "Somebody Else")
    desk.click(sheet.main)
    assert sheet.typed.complaint
    desk.type(sheet.typed.line, "lethe gone")
    desk.click(sheet.main)
    assert gym.live.call("GET", f"/v1/members/{member.id}")["erased"]
    path = tmp_path / "receipt.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    desk.click(desk.button("Receipt of erasure"))
    assert path.read_bytes().startswith(b"%PDF")
    desk.type(room.search, "lethe gone")
    desk.wait_until(room.nobody.isVisible)


def test_the_receipt_of_an_erasure_names_nobody(gym, desk):
    from admin_desktop.members.leaving import receipt_rows

    member = a_member(gym, given_name="Lethe", family_name="Anon")
    said = " ".join(f"{row.left} {row.right}" for row in receipt_rows(desk.room("members").context, member))
    assert str(member.id) in said
    assert "Lethe" not in said
    assert "Ulla Holm" in said


def test_everything_about_a_member_is_given_out_as_a_page_and_as_data(gym, desk, tmp_path, monkeypatch):
    from PySide6.QtWidgets import QFileDialog

    member = a_member(gym, given_name="Ariadne", email="ariadne@fit.test")
    gym.live.call("POST", "/v1/attendance", json={"member_id": str(member.id), "site_id": str(gym.live.site_id)})
    new = {"id": str(uuid7(1)), "kind": "medical", "text": "Asthma"}
    gym.live.call("POST", f"/v1/members/{member.id}/remarks", json=new)
    room, path = show(desk, member), tmp_path / "all.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    more(desk, room, "Give out all data …")
    with zipfile.ZipFile(path) as file:
        data = json.loads(file.read("data.json"))
        page = file.read("What we know about you.pdf")
    assert data["member"][0]["email"] == "ariadne@fit.test"
    assert [each["text"] for each in data["notes"]] == ["Asthma"]
    assert len(data["visits"]) == 1
    assert page.startswith(b"%PDF")
    assert "all.zip" in desk.toast


@pytest.mark.parametrize(("role", "may"), [(Group.STAFF, False), (Group.ADMIN, True)])
def test_only_an_admin_may_erase_merge_and_give_out(open_desk, role, may):
    room = open_desk(role=role).room("members")
    acts = {each.text(): each.isEnabled() for each in room.card.more.acts.actions() if each.text()}
    for text in ("Erase for good …", "Merge with another …", "Find duplicates …", "Give out all data …"):
        assert acts[text] is may
    assert acts["Choose a guardian …"]
