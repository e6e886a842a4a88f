"""Base45 (RFC 9285): bytes in the alphabet of a QR code's alphanumeric mode, three characters for two bytes."""

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Bytes as base45 text."""
    text = []
    for index in range(0, len(data) - 1, 2):
        high, rest = divmod(data[index] << 8 | data[index + 1], 45 * 45)
        middle, low = divmod(rest, 45)
        text += [ALPHABET[low], ALPHABET[middle], ALPHABET[high]]
    if len(data) % 2:
        middle, low = divmod(data[-1], 45)
        text += [ALPHABET[low], ALPHABET[middle]]
    return "".join(text)


def decode(text: str) -> bytes | None:
    """The bytes of base45 text; None when it is not the one way to write them."""
    try:
        values = [_VALUES[character] for character in text]
    except KeyError:
        return None
    data = bytearray()
    for index in range(0, len(values), 3):
        group = values[index : index + 3]
        if len(group) == 1:
            return None
        number = sum(value * 45**place for place, value in enumerate(group))
        size = len(group) - 1
        if number >= 1 << 8 * size:
            return None
        data += number.to_bytes(size, "big")
    return bytes(data)
