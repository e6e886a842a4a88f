"""Every room in light and dark, in each language, at the usual and at the smallest size: nothing is cut, all is readable."""

import pytest

from admin_desktop.widgets.beside import Beside
from shared.domain.roles import Group
from tests.support.looking import cut_headings, cut_texts, unreadable_texts


@pytest.mark.parametrize("size", [(1440, 900), (1180, 720)], ids=["usual", "smallest"])
@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_room_cuts_a_text_or_hides_it_in_its_ground(open_desk, theme, language, size):
    desk = open_desk(role=Group.OWNER, theme=theme, language=language, size=size)
    for spec in desk.frame.rooms:
        for beside in desk.room(spec.name).findChildren(Beside):
            beside.show_card()
        assert {spec.name: cut_texts(desk.window)} == {spec.name: []}
        assert {spec.name: cut_headings(desk.window)} == {spec.name: []}
        assert {spec.name: unreadable_texts(desk.window)} == {spec.name: []}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_pages_can_be_read(open_desk, theme):
    desk = open_desk(role=None, theme=theme)
    assert cut_texts(desk.window) == []
    assert unreadable_texts(desk.window) == []


def test_every_text_has_both_languages():
    from admin_desktop.shell.words import load_catalogue

    texts = load_catalogue()._texts
    assert texts["en"].keys() == texts["da"].keys()


@pytest.mark.parametrize("language", ["en", "da"])
def test_every_text_takes_the_same_parameters(language):
    from string import Formatter

    from admin_desktop.shell.words import load_catalogue

    texts = load_catalogue()._texts

    def names(text):
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    assert {key: names(text) for key, text in texts[language].items()} == {
        key: names(text) for key, text in texts["en"].items()
    }
