"""Arithmetic on colours, without Qt. A colour is a string ``#RRGGBB`` in sRGB."""

_LINEAR_KNEE = 0.04045


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(start: str, end: str, share: float) -> str:
    """The colour ``share`` (0 to 1) of the way from ``start`` to ``end``, linear in sRGB values."""
    channels = (round(a + (b - a) * share) for a, b in zip(rgb(start), rgb(end), strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in channels)


def linear(channel: float) -> float:
    """One sRGB channel (0 to 1) as linear light (IEC 61966-2-1)."""
    return channel / 12.92 if channel <= _LINEAR_KNEE else float(((channel + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (linear(channel / 255) for channel in rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2). Text wants 4.5, icons, edges and large words 3."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
