"""Our own icons as drawings: strokes on a 24 grid. Qt-free; ``shared.desktop.icons`` paints them.

A drawing is a string of commands: ``M x y`` move, ``L x y`` line, ``C x1 y1 x2 y2 x y`` curve, ``Z`` close,
``O x y r`` circle, ``R x y w h r`` rounded rectangle, ``A x y r from sweep`` arc (degrees, anticlockwise from three
o'clock), ``D x y`` a dot as wide as the stroke.
"""

from enum import StrEnum

GRID = 24.0
SLASH = "M4 4 L20 20"


class Icon(StrEnum):
    """The value is the drawing."""

    MARK = "A12 12 9 79 292 M7.5 12 L11 15.5 L20.5 4"
    CAMERA_OFF = "R3 7 18 13 3 M8.5 7 L10 4 L14 4 L15.5 7 O12 13.3 3.4"
    BELL = "M5 17 L19 17 C17 15.5 17 14 17 12.5 C17 9.5 15 7.5 12 7.5 C9 7.5 7 9.5 7 12.5 C7 14 7 15.5 5 17 M10 4 L14 4 M12 4 L12 7 M10 20.5 L14 20.5"
    CLOUD_OFF = "M7 18.5 C4.3 18.5 2.8 16.7 2.8 14.6 C2.8 12.6 4.3 11 6.4 10.8 C7 8 9.2 6 12 6 C15 6 17.2 8 17.7 10.9 C19.8 11.1 21.2 12.6 21.2 14.6 C21.2 16.8 19.6 18.5 17 18.5 Z"
    RECEIPT = (
        "M12 3.5 L12 14 M7.5 10 L12 14.5 L16.5 10 M4 15 L4 18 C4 19.5 4.5 20 6 20 L18 20 C19.5 20 20 19.5 20 18 L20 15"
    )
    CLOCK = "O12 12 8.8 M12 7 L12 12 L15.5 14"
    LOCK = "R5 10.5 14 10 2.5 M8.2 10.5 L8.2 7.5 C8.2 5.2 9.8 3.5 12 3.5 C14.2 3.5 15.8 5.2 15.8 7.5 L15.8 10.5"
    REFRESH = "A12 12 8 -20 -318 M20 4.4 L19.5 9.5 L14.4 9"
    DISK = "M5.5 4 L15.5 4 L20 8.5 L20 18.5 C20 19.5 19.5 20 18.5 20 L5.5 20 C4.5 20 4 19.5 4 18.5 L4 5.5 C4 4.5 4.5 4 5.5 4 Z M8 4 L8 8.5 L14.5 8.5 L14.5 4 M7.5 20 L7.5 13.5 L16.5 13.5 L16.5 20"
    CALENDAR = "R4 5.5 16 15 2.5 M4 10 L20 10 M8.5 3.2 L8.5 7 M15.5 3.2 L15.5 7"
    CARD = "R2.8 5 18.4 14 2.5 R6 9 5 5 1 M14.5 9.5 L18 9.5 M14.5 13.5 L18 13.5"
    PEOPLE = "O9 8.2 3.4 M2.8 20 C2.8 16.4 5.4 14.4 9 14.4 C12.6 14.4 15.2 16.4 15.2 20 M15.5 5 C17.4 5.2 18.6 6.5 18.6 8.2 C18.6 9.9 17.4 11.2 15.5 11.4 M18 14.8 C20 15.6 21.2 17.4 21.2 20"
    PHONE = "R6.5 2.8 11 18.4 2.5 M11 17.8 L13 17.8"
    KEY = "O8 15.8 4.2 M11 12.8 L19.5 4.3 M15.6 8.2 L18.6 11.2"
    KIOSK = "R6 2.8 12 18.4 2.5 R9 6 6 5 1 M10 15 L14 15 M11 18 L13 18"
    PLACE = "M12 21 C7.5 16.6 5 13.2 5 9.9 C5 6 8 3.2 12 3.2 C16 3.2 19 6 19 9.9 C19 13.2 16.5 16.6 12 21 Z O12 9.8 2.5"
    PAUSE = "M9 5 L9 19 M15 5 L15 19"
    PAPER = "M6.5 3.2 L14 3.2 L18.5 7.8 L18.5 19 C18.5 20.2 18 20.8 16.8 20.8 L7.2 20.8 C6 20.8 5.5 20.2 5.5 19 L5.5 4.9 C5.5 3.7 6 3.2 6.5 3.2 Z M13.8 3.5 L13.8 8 L18.2 8 M9 12.5 L15 12.5 M9 16.3 L13 16.3"
    DOOR = "M6 20.5 L6 5 C6 4 6.5 3.5 7.5 3.5 L16.5 3.5 C17.5 3.5 18 4 18 5 L18 20.5 M3.5 20.5 L20.5 20.5 D14.5 12.5"
    TEXT_SIZE = "M2.8 18.5 L8 5.5 L13.2 18.5 M4.6 14 L11.4 14 M14 18.5 L17.6 10 L21.2 18.5 M15.2 15.8 L20 15.8"


OFF_ICONS = frozenset({Icon.CAMERA_OFF, Icon.CLOUD_OFF})
"""Painted with a slash that leaves a gap around itself."""
