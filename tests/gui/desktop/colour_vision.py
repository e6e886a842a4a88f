"""How colours look to people who see red, green or blue differently (Machado, Oliveira, Fernandes 2009, severity 1.0)."""

from shared.desktop.colours import linear, rgb

MATRICES = {
    "full colour": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def lightness(colour: str, vision: str) -> float:
    """CIE L* (0 to 100) of a colour as seen with one kind of colour vision."""
    light = [linear(channel / 255) for channel in rgb(colour)]
    seen = [
        min(1.0, max(0.0, sum(share * part for share, part in zip(row, light, strict=True))))
        for row in MATRICES[vision]
    ]
    luminance = 0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2]
    root = luminance ** (1 / 3) if luminance > 0.008856 else 7.787 * luminance + 16 / 116
    return 116 * root - 16
