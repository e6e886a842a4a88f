"""What a column can be, and what people call it at the top of one, in English, in Danish, and a little in German."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum


class Field(Enum):
    """The value is its name in the texts. Several columns may hold old codes; any other field has one column."""

    NUMBER = "number"
    NAME = "name"  # in one column, given name first, or last after a comma
    GIVEN = "given_name"
    FAMILY = "family_name"
    EMAIL = "email"
    PHONE = "phone"
    SITE = "site"
    JOINED = "joined_on"
    PLAN = "plan"
    STARTS = "starts_on"
    PAID = "paid_through_on"
    ENDS = "ends_on"
    VISITS = "visits_left"
    BLOCKED = "blocked"
    CODE = "code"


DAYS = (Field.JOINED, Field.STARTS, Field.PAID, Field.ENDS)

_CALLED = {
    Field.NUMBER: "number, no, nr, id, member number, member no, member id, membership number, customer number, "
    "nummer, medlemsnummer, mitglnr, mitgliedsnummer, medlemsnr, medlem nr, medlems id, kundenummer, kundenr",
    Field.NAME: "name, full name, member, member name, customer, navn, fulde navn, medlem, kunde",
    Field.GIVEN: "first name, given name, forename, fornavn, vorname",
    Field.FAMILY: "last name, family name, surname, efternavn, nachname",
    Field.EMAIL: "email, mail, email address, e mail, mailadresse, email adresse, e post",
    Field.PHONE: "phone, phone number, telephone, mobile, mobile phone, mobile number, cell, tel, "
    "telefon, telefonnummer, mobil, mobilnummer, mobiltelefon, tlf",
    Field.SITE: "site, home site, club, gym, location, centre, center, branch, afdeling, hjemmecenter, hjemsted, sted",
    Field.JOINED: "joined, joined on, member since, join date, date joined, created, signup date, registered, "
    "indmeldt, indmeldt den, medlem siden, oprettet, indmeldelsesdato, indmeldelse",
    Field.PLAN: "plan, membership, membership type, product, subscription, contract, type, "
    "abonnement, medlemskab, produkt, medlemstype, aftale, kontrakt, vertrag, tarif",
    Field.STARTS: "start, starts, starts on, start date, from, valid from, startdato, fra, starter, gyldig fra",
    Field.PAID: "paid through, paid until, paid to, paid till, valid until, valid to, expires, expiry, expiry date, "
    "expiration date, betalt til, betalt til og med, gyldig til, udlober, udlobsdato",
    Field.ENDS: "ends, ends on, end date, end, cancelled to, cancelled on, termination date, "
    "slutdato, slutter, opsagt til, opsagt, ophor, ophorsdato, udmeldt",
    Field.VISITS: "visits left, visits, remaining visits, credits, sessions left, klip, klip tilbage, besog tilbage",
    Field.BLOCKED: "blocked, suspended, banned, barred, spaerret, blokeret, karantaene",
    Field.CODE: "card, card number, old card, barcode, tag, key tag, key fob, rfid, access card, access code, "
    "kort, karte, kortnummer, adgangskort, stregkode, brik, nogle, noglebrik, gammelt kort",
}
_PLAIN = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "ö": "o", "ä": "a", "é": "e"})


def guess(headings: Sequence[str], titles: Iterable[tuple[str, Field]] = ()) -> list[Field | None]:
    """What each column is by its heading; None leaves it out. ``titles`` are what our own export calls the fields."""
    known = {_plain(name): field for field, names in _CALLED.items() for name in names.split(",")}
    known |= {_plain(title): field for title, field in titles}
    found: list[Field | None] = []
    for heading in headings:
        field = known.get(_plain(heading))
        found.append(field if field is Field.CODE or field not in found else None)
    if Field.GIVEN in found or Field.FAMILY in found:
        return [_as_family(field, found) for field in found]
    return found


def _as_family(field: Field | None, found: Sequence[Field | None]) -> Field | None:
    """Beside a given name, "Name" is the family's."""
    if field is not Field.NAME:
        return field
    return None if Field.FAMILY in found else Field.FAMILY


def _plain(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]+", text.casefold().translate(_PLAIN)))
