"""Lookup hashes: how a pass is found without its id ever being stored at a door (promise 8)."""

import hmac

from shared.domain.passes import PassKind

LOOKUP_SIZE = 16


def lookup_hash(pepper: bytes, kind: PassKind, secret: bytes) -> bytes:
    """16 bytes: HMAC-SHA256 under the gym's pepper, cut in half. The kind is part of it.

    ``secret`` is a live code's credential id (8 bytes), a card's id (16), a voucher's id (8), or a barcode's text as
    :func:`barcode_secret` gives it.
    """
    return hmac.digest(pepper, kind.value.encode() + b"\0" + secret, "sha256")[:LOOKUP_SIZE]


def barcode_secret(symbology: str, text: str) -> bytes:
    """A barcode in the form that is hashed.

    Codabar's start and stop letters are dropped (one decoder reports them, another does not), and an EAN-13 that only
    pads a UPC-A with a zero is that UPC-A. Surrounding blanks go, and a line end is one character however it was
    written (lists of old codes come through spreadsheets). The symbology is not part of it: an old member number
    may be printed as Code 39 on one tag and Code 128 on the next. Text that a decoder could not make sense of (lone
    surrogates) is hashed as it is.
    """
    value = text.strip().replace("\r\n", "\n")
    if symbology == "Codabar" and len(value) > 2 and value[0] in "ABCDabcd" and value[-1] in "ABCDabcd":  # noqa: PLR2004
        value = value[1:-1]
    if symbology == "EAN13" and value.startswith("0"):
        value = value[1:]
    return value.encode(errors="surrogatepass")
