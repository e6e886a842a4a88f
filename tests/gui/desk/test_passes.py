"""The passes' room, against a real server."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from admin_desktop.passes.cards import FORMS, PassCard
from admin_desktop.passes.issuing import IssuedSheet, IssueSheet
from admin_desktop.passes.old_tags import OldTagSheet
from admin_desktop.passes.reading import who_heard
from admin_desktop.printing.paper import write_pdf
from admin_desktop.printing.sheet import PrintSheet
from admin_desktop.widgets.sheet import Question
from shared.contracts.gym import MemberView, NewMember
from shared.contracts.kiosks import DeviceInfo
from shared.contracts.qr import PassPlace
from shared.domain.roles import Group
from shared.passtoken.tokens import CardToken, new_card, parse, to_text
from tests.support.paper import draw_pages, has_pixels, page_sizes_mm, read_codes

EXAMPLES = Path(__file__).parents[3] / "docs" / "wire" / "examples"


def on_screen(desk, kind):
    return next(each for each in desk.window.findChildren(kind) if each.isVisible())


def a_member(gym, **facts):
    new = NewMember(**{"given_name": "Nora", "family_name": "Bramwell", "home_site_id": gym.live.site_id, **facts})
    return MemberView.model_validate(gym.live.call("POST", "/v1/members", json=new.model_dump(mode="json")))


def a_card(gym, member, label="key ring"):
    return gym.live.call("POST", f"/v1/members/{member.id}/cards", json={"label": label})


def passes_of(gym, member):
    return gym.live.call("GET", f"/v1/members/{member.id}/passes")["items"]


def show(desk, member):
    room = desk.room("passes")
    desk.frame.context.go("passes", member)
    desk.wait_until(lambda: room.panel.member is not None and room.panel.member.id == member.id)
    desk.settle()
    return room


def scan(desk, line, text):
    """As a hand reader does: all keys at once, then Enter."""
    line.setFocus()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    desk.settle()


def issue(desk, room, label=""):
    room.make_new()
    sheet = on_screen(desk, IssueSheet)
    desk.type(sheet.form.fields["label"].editor, label)
    desk.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    return on_screen(desk, IssuedSheet)


def test_a_pass_that_is_scanned_shows_its_member_and_is_not_left_in_the_field(gym, desk):
    member = a_member(gym)
    text = a_card(gym, member)["code"]["text"]
    room = desk.room("passes")
    scan(desk, room.search, text)
    assert room.panel.member.id == member.id
    assert room.search.text() == ""
    assert "key ring" in room.panel.found.text()
    assert "Active" in room.panel.found.text()


def test_a_pass_that_nobody_has_is_said_and_no_member_stays_on_the_screen(gym, desk):
    room = show(desk, a_member(gym))
    scan(desk, room.search, to_text(new_card()))
    assert "Nobody at this gym has this pass" in desk.toast
    assert room.panel.member is None


def test_a_scan_behind_what_was_typed_before_counts_alone(gym, desk):
    member = a_member(gym)
    text = a_card(gym, member)["code"]["text"]
    room = desk.room("passes")
    desk.type(room.search, "nor")
    scan(desk, room.search, text)
    assert room.panel.member.id == member.id


def test_a_name_that_is_typed_finds_the_member_with_the_same_field(gym, desk):
    member = a_member(gym, given_name="Quirina", family_name="Xanthou")
    room = desk.room("passes")
    scan(desk, room.search, "quirina")
    desk.wait_until(lambda: room.panel.member is not None and room.panel.member.id == member.id)


def test_a_members_card_leads_to_the_passes(gym, desk):
    member = a_member(gym)
    a_card(gym, member, "blue one")
    members = desk.room("members")
    desk.type(members.search, member.number)
    desk.wait_until(lambda: members.card.member is not None and members.card.member.id == member.id)
    desk.click(members.card.pass_button)
    room = desk.frame.room
    assert room.panel.member.id == member.id
    assert [each.label for each in room.panel.passes] == ["blue one"]


def test_a_new_card_is_told_once_and_what_is_printed_opens_as_that_pass(gym, desk, tmp_path):
    member = a_member(gym)
    room = show(desk, member)
    issued = issue(desk, room, "plastic")
    text = issued.picture._text
    assert isinstance(parse(text), CardToken)
    (made,) = passes_of(gym, member)
    assert (made["label"], made["kind"], made["status"]) == ("plastic", "card", "active")
    desk.click(issued.main)
    on_screen(desk, PrintSheet).save_to(tmp_path / "card.pdf")
    desk.wait_until(lambda: "Saved as card.pdf" in desk.toast)
    pdf = (tmp_path / "card.pdf").read_bytes()
    assert page_sizes_mm(pdf) == [(86, 54)]
    assert not has_pixels(pdf)
    assert text.encode() not in pdf
    (read,) = read_codes(draw_pages(pdf)[0])
    assert read == text
    assert gym.live.call("POST", "/v1/pass-lookups", json={"text": read})["pass_id"] == made["id"]


def test_cards_wait_on_the_tray_until_they_are_printed_together(gym, desk, tmp_path):
    room = desk.room("passes")
    codes = set()
    for name in ("Ane", "Bea", "Cia"):
        room = show(desk, a_member(gym, given_name=name))
        sheet = issue(desk, room)
        codes.add(sheet.picture._text)
        desk.click(sheet.leave_button)
    desk.click(desk.button("Print 3 waiting"))
    sheet = on_screen(desk, PrintSheet)
    assert "3 on one page" in sheet.count.text()
    sheet.save_to(tmp_path / "cards.pdf")
    desk.wait_until(lambda: "Saved" in desk.toast)
    (page,) = draw_pages((tmp_path / "cards.pdf").read_bytes())
    half, row = page.width() // 2, page.height() * 54 // 297
    top = (page.height() - 5 * row) // 2
    seen = {code for x in (0, half) for y in (top, top + row) for code in read_codes(page.copy(x, y, half, row))}
    assert seen == codes
    assert not room.print_tray.isVisible()


def test_waiting_cards_are_thrown_away_only_after_a_question(gym, desk):
    room = show(desk, a_member(gym))
    desk.click(issue(desk, room).leave_button)
    desk.click(room.empty_tray)
    question = on_screen(desk, Question)
    desk.click(question.safe)
    assert len(room.tray.cards) == 1
    desk.click(room.empty_tray)
    desk.click(on_screen(desk, Question).yes)
    assert room.tray.cards == []


def test_mail_is_offered_to_whom_it_can_reach_and_is_sent(gym, desk):
    room = show(desk, a_member(gym, email=None))
    room.make_new()
    sheet = on_screen(desk, IssueSheet)
    assert not sheet.form.fields["send_by_mail"].box.isEnabled()
    assert desk.says("no e-mail address", sheet)
    sheet.close_it()
    member = a_member(gym, email="nora.mail@fit.test")
    room = show(desk, member)
    room.make_new()
    sheet = on_screen(desk, IssueSheet)
    sheet.form.fields["send_by_mail"].box.click()
    desk.click(sheet.main)
    assert desk.says("nora.mail@fit.test", on_screen(desk, IssuedSheet))


def test_revoking_asks_first_and_tells_which_kiosks_have_heard(gym, desk):
    member, door = a_member(gym), gym.live.device_client("Back door")
    card = a_card(gym, member)
    room = show(desk, member)
    desk.click(desk.button("Revoke", room.panel))
    question = on_screen(desk, Question)
    assert desk.window.focusWidget() is question.safe
    assert passes_of(gym, member)[0]["status"] == "active"
    desk.click(question.yes)
    assert passes_of(gym, member)[0]["status"] == "revoked"
    pass_id = room.panel.passes[0].id
    assert "Back door" in room.panel.heard[pass_id].text()
    places = gym.live.call("GET", f"/v1/passes/{card['member_pass']['id']}/roster-places")["items"]
    beat(door, next(each for each in places if each["site_id"] == str(gym.live.site_id)))
    room.panel._look()
    desk.settle()
    assert room.panel.heard[pass_id].text() == "Heard by all kiosks (1)."


def beat(door, place, *, behind=0):
    told = json.loads((EXAMPLES / "heartbeat.json").read_text())
    told |= {"stream_id": str(door.enrolment.stream_id), "last_number": 0, "queue": 0, "oldest_unsent_at": None}
    told |= {"roster_epoch": place["epoch"], "roster_version": place["version"] - behind}
    answer = door.client.post("/v1/devices/self/heartbeat", json=told)
    assert answer.is_success, answer.text


def test_an_old_tag_that_is_scanned_opens_the_door_from_now_on(gym, desk):
    member = a_member(gym)
    room = show(desk, member)
    desk.click(room.panel.tag_button)
    scan(desk, on_screen(desk, OldTagSheet).code.line, "4006381333931")
    assert [each["kind"] for each in passes_of(gym, member)] == ["barcode"]
    assert "opens the door now" in desk.toast


def test_a_tag_of_another_member_or_of_ours_is_refused_at_its_place(gym, desk):
    other, member = a_member(gym), a_member(gym)
    gym.live.call("POST", f"/v1/members/{other.id}/barcodes", json={"symbology": "Code128", "text": "TAKEN-1"})
    room = show(desk, member)
    desk.click(room.panel.tag_button)
    sheet = on_screen(desk, OldTagSheet)
    scan(desk, sheet.code.line, "TAKEN-1")
    assert "Another member" in sheet.code.complaint
    desk.type(sheet.code.line, to_text(new_card()))
    desk.click(sheet.main)
    assert "pass of our own" in sheet.code.complaint
    assert passes_of(gym, member) == []


def test_phones_are_listed_beside_cards(gym, desk):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from shared.contracts.base import to_base64

    member = a_member(gym)
    key = to_base64(Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    gym.live.call("POST", f"/v1/members/{member.id}/phones", json={"algorithm": "ed25519", "public_key": key})
    room = show(desk, member)
    assert desk.says("Phone", room.panel)


def test_what_was_typed_stays_while_the_server_is_away(gym, desk):
    member = a_member(gym)
    room = show(desk, member)
    room.make_new()
    sheet = on_screen(desk, IssueSheet)
    desk.type(sheet.form.fields["label"].editor, "spare")
    gym.live.server.kill()
    desk.click(sheet.main)
    assert "does not answer" in sheet.problem.text()
    assert sheet.form.fields["label"].editor.text() == "spare"
    gym.live.start()
    desk.click(sheet.main)
    assert on_screen(desk, IssuedSheet)


def test_staff_may_issue_and_revoke(gym, open_desk):
    desk = open_desk(role=Group.STAFF)
    room = show(desk, a_member(gym))
    assert room.panel.issue_button.isEnabled()


def test_a_printer_that_is_gone_is_said_and_the_card_still_waits(gym, desk):
    room = show(desk, a_member(gym))
    desk.click(issue(desk, room).main)
    sheet = on_screen(desk, PrintSheet)
    sheet.printer.offer_more([("Gone printer", "Gone printer")])
    sheet.printer.combo.setCurrentText("Gone printer")
    desk.click(sheet.main)
    assert "This printer is not there" in sheet.problem.text()
    assert not desk.frame.banner.isVisible()
    assert len(room.tray.cards) == 1


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_card_with_a_long_name_is_read_from_every_paper(qapp, form):
    card = PassCard(uuid4(), to_text(new_card()), "Maximiliane Featherstonehaugh-Østergård", "No. 12345678", "Gym")
    (page,) = draw_pages(write_pdf(form, [card], title="one"), dpi=200)
    assert read_codes(page) == [card.code]


def test_a_cards_code_is_in_no_text_about_it():
    card = PassCard(uuid4(), "G1SECRET", "Nora", "", "Gym")
    assert "G1SECRET" not in repr(card)


def a_device(**told):
    known = json.loads((EXAMPLES / "device-info.json").read_text())
    known["heartbeat"] |= told
    return DeviceInfo.model_validate(known)


def test_a_kiosk_has_heard_with_the_version_itself_and_not_below_or_in_another_epoch():
    device = a_device()
    told = device.heartbeat
    place = PassPlace(site_id=device.site_id, epoch=told.roster_epoch, version=told.roster_version)
    assert who_heard([place], [device]).everywhere
    newer = place.model_copy(update={"version": place.version + 1})
    restored = place.model_copy(update={"epoch": uuid4()})
    assert not who_heard([newer], [device]).everywhere
    assert not who_heard([restored], [device]).everywhere
