"""A pointer and a keyboard of flesh, as far as an X server can tell: its XTEST extension, through libX11 and libXtst."""

import ctypes
from contextlib import contextmanager
from ctypes import POINTER, byref, c_int, c_uint, c_ulong, c_void_p
from typing import Any

from tests.support.servers.base import MissingProgramError

_FOREIGN = "æøåÆØÅ"
"""Letters that the American keyboard of a new server does not have, and that people here are called by."""
_KEYS = {
    "Return": 0xFF0D,
    "Escape": 0xFF1B,
    "Tab": 0xFF09,
    "Delete": 0xFFFF,
    "Down": 0xFF54,
    "Up": 0xFF52,
    "F2": 0xFFBF,
    "Control": 0xFFE3,
    "Shift": 0xFFE1,
    "Alt": 0xFFE9,
}
"""Keys without a letter, by X's keysymdef.h."""
_LEFT = 1
_REVERT_TO_POINTER_ROOT = 1


class Hands:
    """On one display. Coordinates are pixels of its screen.

    Raises:
        MissingProgramError: the libraries are not on this machine.
    """

    def __init__(self, display: str) -> None:
        self._x, self._test = _library("libX11.so.6"), _library("libXtst.so.6")
        self._x.XOpenDisplay.restype = c_void_p
        self._x.XKeysymToKeycode.argtypes = [c_void_p, c_ulong]
        self._x.XGetKeyboardMapping.restype = POINTER(c_ulong)
        opened = self._x.XOpenDisplay(display.encode())
        if opened is None:
            raise AssertionError(f"no display {display}")
        self._display = c_void_p(opened)
        self._learn_letters()

    def close(self) -> None:
        self._x.XCloseDisplay(self._display)

    def move(self, x: int, y: int) -> None:
        self._test.XTestFakeMotionEvent(self._display, -1, x, y, c_ulong(0))
        self._sync()

    def click(self, x: int, y: int) -> None:
        """The left button, at a place."""
        self.move(x, y)
        for is_down in (1, 0):
            self._test.XTestFakeButtonEvent(self._display, _LEFT, is_down, c_ulong(0))
        self._sync()

    def type(self, text: str) -> None:
        for letter in text:
            self._tap(ord(letter))
        self._sync()

    def press(self, *names: str) -> None:
        """Keys together: the last is tapped while the others are held, such as ``"Control", "Return"``."""
        *held, last = (_KEYS.get(name) or ord(name) for name in names)
        with self._held(*(self._code(keysym) for keysym in held)):
            self._tap(last)
        self._sync()

    def focus(self, window: int) -> None:
        """Give a window the keyboard, as the window manager would that is not here."""
        self._x.XSetInputFocus(self._display, c_ulong(window), _REVERT_TO_POINTER_ROOT, c_ulong(0))
        self._sync()

    def _tap(self, keysym: int) -> None:
        code = self._code(keysym)
        shift = [self._code(_KEYS["Shift"])] if self._is_shifted(code, keysym) else []
        with self._held(*shift):
            self._key(code, is_down=True)
            self._key(code, is_down=False)

    @contextmanager
    def _held(self, *codes: int) -> Any:
        for code in codes:
            self._key(code, is_down=True)
        try:
            yield
        finally:
            for code in reversed(codes):
                self._key(code, is_down=False)

    def _key(self, code: int, *, is_down: bool) -> None:
        self._test.XTestFakeKeyEvent(self._display, c_uint(code), int(is_down), c_ulong(0))

    def _code(self, keysym: int) -> int:
        code = int(self._x.XKeysymToKeycode(self._display, c_ulong(keysym))) & 0xFF
        assert code, f"this keyboard has no key {keysym:#x}"
        return code

    def _is_shifted(self, code: int, keysym: int) -> bool:
        return self._mapped(code)[0] != keysym

    def _mapped(self, code: int) -> list[int]:
        """The keysyms of a key: without and with Shift."""
        width = c_int()
        found = self._x.XGetKeyboardMapping(self._display, c_uint(code), 1, byref(width))
        keysyms = [int(found[place]) for place in range(min(2, width.value))]
        self._x.XFree(found)
        return keysyms

    def _learn_letters(self) -> None:
        """Put foreign letters on keys that have none; before a program looks at the keyboard."""
        first, last = c_int(), c_int()
        self._x.XDisplayKeycodes(self._display, byref(first), byref(last))
        free = (code for code in range(last.value, first.value, -1) if not any(self._mapped(code)))
        for letter, code in zip(_FOREIGN, free, strict=False):
            both = (c_ulong * 2)(ord(letter), ord(letter))
            self._x.XChangeKeyboardMapping(self._display, code, 2, both, 1)
        self._sync()

    def _sync(self) -> None:
        self._x.XSync(self._display, 0)


def _library(name: str) -> Any:
    try:
        return ctypes.CDLL(name)
    except OSError as error:
        raise MissingProgramError(f"{name} (Debian: libxtst6)") from error
