"""The desk on a display, as a person meets it: looks for what says something, goes there with the pointer, types."""

import contextlib
import json
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.processes import Program, running
from tests.support.screen.hands import Hands
from tests.support.servers.base import wait_until

DEADLINE_S = 30.0
_FILE_NAME, _FOLDER = "File name:", "Look in:"
_TIMES, _PATIENCE_S = 10, 3.0


@dataclass(frozen=True, slots=True)
class Thing:
    """Something on the screen. ``name`` is what a screen reader calls it, ``says`` the text on it."""

    kind: str
    name: str
    says: str
    hint: str
    enabled: bool
    checked: bool
    focus: bool
    box: tuple[int, int, int, int]
    last: tuple[int, int] | None
    """Of a row: the middle of its last cell."""

    @property
    def middle(self) -> tuple[int, int]:
        x, y, width, height = self.box
        return x + width // 2, y + height // 2


_NOTHING = Thing("", "", "", "", False, False, False, (0, 0, 0, 0), None)


class DeskOnScreen:
    """``fit-admin`` as a process with a window on ``display``."""

    def __init__(self, folder: Path, display: str, stack: contextlib.ExitStack, arguments: Sequence[str]) -> None:
        self.hands = Hands(display)
        stack.callback(self.hands.close)
        path = folder / "teller"
        own = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "QT_QPA_PLATFORMTHEME": "", "XDG_CURRENT_DESKTOP": ""}
        self.program: Program = stack.enter_context(
            running("tests.support.screen.teller", [str(path), *arguments], environment=own)
        )
        wait_until(path.exists, "the desk did not start", deadline_s=DEADLINE_S)
        connection = socket.socket(socket.AF_UNIX)
        stack.callback(connection.close)
        connection.connect(str(path))
        connection.settimeout(DEADLINE_S)
        self._lines = connection.makefile("rw")
        stack.callback(self._lines.close)
        self._keyboard: int | None = None

    def look(self) -> list[Thing]:
        """Everything that can be seen and reached now; the keyboard goes to the window in front."""
        answer = self._ask("look")
        keyboard = answer.get("keyboard")
        if keyboard is not None and keyboard != self._keyboard:
            self.hands.focus(keyboard)
            self._keyboard = keyboard
        return [_thing(facts) for facts in answer.get("things", [])]

    def shoot(self, path: Path) -> Path:
        self._ask(f"shoot {path}")
        return path

    def find(self, says: str, kind: str | None = None, *, place: int | None = None) -> Thing:
        """The one thing that says or is called this, once it can be used and stands still.

        Where several do, ``place`` says which, counted as one reads.
        """
        seen: list[Thing | None] = [None, None]

        def is_there() -> bool:
            seen[:] = [self._only(says, kind, place), seen[0]]
            return seen[0] is not None and seen[0].enabled and seen[0] == seen[1]

        self.wait(is_there, f"nothing to use says {says!r} ({kind or 'anything'})")
        assert seen[0] is not None
        return seen[0]

    def _only(self, says: str, kind: str | None, place: int | None) -> Thing | None:
        """None as well while there are several and no ``place``."""
        found = self._all(says, kind)
        if place is not None:
            return found[place] if place < len(found) else None
        return found[0] if len(found) == 1 else None

    def _all(self, says: str, kind: str | None) -> list[Thing]:
        """As one reads. Whole texts are meant before parts of longer ones."""
        found = [each for each in self.look() if _matches(each, says, kind)]
        chosen = [each for each in found if says in (each.says, each.name)] or found
        return sorted(chosen, key=lambda each: (each.box[1], each.box[0]))

    def click(self, says: str, kind: str = "button", *, place: int | None = None) -> Thing:
        thing = self.find(says, kind, place=place)
        self.hands.click(*thing.middle)
        return thing

    def sees(self, text: str, kind: str | None = None) -> Thing:
        """Wait until something says this, perhaps among more."""
        return self.find(text, kind, place=0)

    def does_not_see(self, text: str, kind: str | None = None) -> None:
        self.wait(lambda: not self._all(text, kind), f"it still says {text!r}")

    def type(self, field: str, text: str) -> None:
        """Into a field, over what stands in it."""
        line = self.find(field, "line")
        self.hands.click(*line.middle)
        self.wait(lambda: self._now(line).focus, f"{field!r} did not get the focus")
        self.hands.press("Control", "a")
        self.hands.type(text)
        self.wait(lambda: self._now(line).says == text, f"{field!r} does not say {text!r}")

    def choose(self, field: str, word: str) -> None:
        """One of a list that opens. A press that comes too soon after the opening is taken for the end of that."""
        choice = self.find(field, "choice")
        self.hands.click(*choice.middle)

        def press() -> None:
            for row in self._all(word, "row")[:1]:
                self.hands.click(*row.middle)

        self._repeat(press, lambda: self._now(choice).says == word, f"{field!r} does not say {word!r}")

    def name_file(self, path: Path) -> None:
        """In the toolkit's own dialog. Its list of proposals may take the first press for itself.

        Of a file that is there the dialog may put the name in the place of the path, as of one of the folder it shows:
        such a file is named where it shows its folder, which is the program's own when it opens.
        """
        self.sees(_FILE_NAME, "line")
        is_shown = any(each.says == str(path.parent) for each in self._all(_FOLDER, "choice"))
        self.type(_FILE_NAME, path.name if is_shown else str(path))

        def press() -> None:
            for button in [*self._all("Open", "button"), *self._all("Save", "button")][:1]:
                self.hands.click(*button.middle)

        self._repeat(press, lambda: not self._all(_FILE_NAME, "line"), f"the dialog does not take {path}")

    def _repeat(self, act: Callable[[], None], is_done: Callable[[], bool], otherwise: str) -> None:
        for _ in range(_TIMES):
            act()
            with contextlib.suppress(AssertionError):
                wait_until(is_done, otherwise, deadline_s=_PATIENCE_S)
                return
        raise AssertionError(otherwise)

    def _now(self, before: Thing) -> Thing:
        """A field as it is now; nothing while something lies over it."""
        known = [each for each in self.look() if (each.kind, each.name, each.hint) == _identity(before)]
        return known[0] if known else _NOTHING

    def wait(self, is_true: Callable[[], bool], otherwise: str) -> None:
        try:
            wait_until(is_true, otherwise, deadline_s=DEADLINE_S)
        except AssertionError as error:
            said = "\n".join(f"{each.kind:7} {each.name!r} {each.says!r}" for each in self.look())
            raise AssertionError(f"{error}. The screen:\n{said}") from None

    def _ask(self, question: str) -> dict[str, Any]:
        self._lines.write(question + "\n")
        self._lines.flush()
        answer: dict[str, Any] = json.loads(self._lines.readline() or "{}")
        return answer


def _identity(thing: Thing) -> tuple[str, str, str]:
    return thing.kind, thing.name, thing.hint


def _matches(thing: Thing, says: str, kind: str | None) -> bool:
    return (kind is None or thing.kind == kind) and any(says in each for each in (thing.says, thing.name, thing.hint))


def _thing(facts: dict[str, Any]) -> Thing:
    last = facts.get("last")
    return Thing(
        kind=facts["kind"],
        name=facts["name"],
        says=facts["says"],
        hint=facts.get("hint", ""),
        enabled=facts["enabled"],
        checked=facts.get("checked", False),
        focus=facts.get("focus", False),
        box=tuple(facts["box"]),
        last=None if last is None else tuple(last),
    )
