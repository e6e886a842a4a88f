"""What the desk sounds like when a door stays shut: one low, soft tone that startles nobody at the counter."""

from shared.desktop.tones import Tone, Tune

REFUSAL = "refusal"
TUNES = {REFUSAL: Tune((Tone(392, 180, 120),), level_dbfs=-18.0)}
