"""Ctrl+K: one field for everything."""

from PySide6.QtCore import Qt

from admin_desktop.shell.palette import Palette
from shared.contracts.gym import NewMember


def palette_of(desk):
    desk.key(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    return next(each for each in desk.window.findChildren(Palette) if each.isVisible())


def test_a_member_is_found_and_shown_by_keys_alone(gym, desk):
    new = NewMember(given_name="Quirin", family_name="Xaver", home_site_id=gym.live.site_id)
    made = gym.live.call("POST", "/v1/members", json=new.model_dump(mode="json"))
    palette = palette_of(desk)
    desk.type(palette.line, "quirin")
    desk.wait_until(lambda: any(offer.text == "Quirin Xaver" for offer in palette.offers))
    desk.key(Qt.Key.Key_Return)
    room = desk.frame.open("members")
    desk.wait_until(lambda: room.card.member is not None and str(room.card.member.id) == made["id"])


def test_rooms_are_there_before_anything_is_typed(desk):
    palette = palette_of(desk)
    assert desk.frame.rooms[0].name in {room.name for room in desk.frame.rooms}
    assert palette.offers[0].text == desk.frame.context.words(desk.frame.rooms[0].words)


def test_nothing_found_says_so(desk):
    palette = palette_of(desk)
    desk.type(palette.line, "xyzzy")
    assert palette.nothing.isVisible()
    assert palette.offers == []


def test_escape_leaves_it_and_the_focus_is_where_it_was(desk):
    room = desk.room("members")
    assert room.search.hasFocus()
    palette_of(desk)
    desk.key(Qt.Key.Key_Escape)
    assert room.search.hasFocus()
