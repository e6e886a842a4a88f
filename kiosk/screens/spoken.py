"""The screen as one plain string: for a screen reader, for speech, for tests. Qt-free."""

from kiosk.screens.state import CameraLost, Idle, Locked, NotEnrolled, ScreenState, Starting, Verdict
from kiosk.screens.texts import CATALOGUE
from kiosk.screens.view import View
from shared.desktop.translation import Say, say

_KEYS: dict[type[ScreenState], tuple[str, ...]] = {
    Idle: ("idle.title", "idle.sentence"),
    CameraLost: ("camera_lost.card", "camera_lost.title", "camera_lost.sentence"),
    Starting: ("starting.title", "starting.sentence"),
    NotEnrolled: ("not_enrolled.title", "not_enrolled.sentence"),
    Locked: ("locked.title", "locked.sentence"),
}


def spoken(view: View) -> str:
    """Word, name, sentence, then the next step."""
    state = view.state
    if not isinstance(state, Verdict):
        return _joined(view, [say(key) for key in _KEYS[type(state)]])
    said: list[Say | str] = [state.word, *([state.name] if state.name else []), state.sentence]
    said += [chip.label for chip in state.chips]
    if state.note is not None:
        said += [state.note.title, state.note.line]
    return _joined(view, said)


def _joined(view: View, said: "list[Say] | list[Say | str]") -> str:
    texts = [each if isinstance(each, str) else CATALOGUE.render(view.lang, each) for each in said]
    return " ".join(text if text.endswith((".", "!", "?")) else f"{text}." for text in texts)
