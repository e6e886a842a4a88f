"""What the room says of a person: role and state as chips, a line of the table."""

from admin_desktop.shell.context import Context
from admin_desktop.shell.words import Words
from admin_desktop.staff.roles import role_of
from admin_desktop.widgets.chips import Chip, Tone
from admin_desktop.widgets.pages import Cell, Column
from shared.contracts.identity import Person
from shared.desktop.drawings import Icon
from shared.domain.roles import Group


def shown_name(person: Person, context: Context) -> str:
    """The name, and that it is you."""
    return context.words("staff.you", name=person.name) if person.id == context.me.person.id else person.name


def role_words(role: Group | None, words: Words) -> str:
    return words("staff.nobody") if role is None else words(f"role.{role.value}")


def role_chip(person: Person, words: Words) -> Chip:
    role = role_of(person.groups)
    return Chip(role_words(role, words), Tone.OVER if role is None else Tone.INFO, Icon.STAFF)


def state_chip(person: Person, words: Words) -> Chip:
    if not person.enabled:
        return Chip(words("staff.disabled"), Tone.BAD, Icon.BLOCK)
    if person.invited:
        return Chip(words("staff.invited"), Tone.CARE, Icon.MAIL)
    return Chip(words("staff.active"), Tone.GOOD, Icon.TICK)


def may_change(person: Person, context: Context) -> bool:
    """Whether who is signed in may change this one: an Owner is changed by Owners only."""
    me = context.me
    return me.may("person.change") and (Group.OWNER not in person.groups or Group.OWNER in me.groups)


def person_columns(context: Context) -> list[Column[Person]]:
    words = context.words

    def who(person: Person) -> Cell:
        return Cell(shown_name(person, context), person.email, avatar=person.name, strong=True)

    return [
        Column(words("staff.name"), 4, who, floor=220),
        Column(words("staff.role"), 2, lambda person: Cell(chip=role_chip(person, words)), floor=190),
        Column(words("staff.state"), 1, lambda person: Cell(chip=state_chip(person, words)), floor=130),
    ]


def matches(person: Person, search: str) -> bool:
    wanted = search.casefold()
    return wanted in person.name.casefold() or wanted in person.email.casefold()
