"""What a verdict sounds like: told apart by count, direction and rhythm, not by pitch alone.

Nearly all energy lies between 260 and 1,100 Hz, which small speakers and older ears can give and take. Qt-free.
"""

from kiosk.screens.state import VerdictKind
from shared.desktop.tones import Tone, Tune

_SHORT_GAP, _GAP = Tone(0, 60), Tone(0, 80)

TUNES: dict[str, Tune] = {
    VerdictKind.GRANTED: Tune((Tone(523, 90), Tone(784, 150, 110))),  # two up
    VerdictKind.NOTICE: Tune((Tone(523, 90), Tone(784, 90), Tone(587, 200, 140))),  # two up, one settles
    VerdictKind.REPEAT: Tune((Tone(659, 140, 90),), level_dbfs=-18.0),  # one, soft
    VerdictKind.DENIED: Tune(  # two down, no buzzer
        (Tone(330, 150, 120, triangle=True), _SHORT_GAP, Tone(262, 220, 160, triangle=True))
    ),
    VerdictKind.NOT_RECORDED: Tune((Tone(440, 100), _GAP, Tone(440, 100), _GAP, Tone(440, 100))),  # three alike
}
