"""Who may do what: the one table. An operation that is not in it is nobody's."""

from enum import Enum


class Group(Enum):
    """The groups of Cognito's claim. Each of Staff, Admin and Owner may do all that the ones before it may."""

    USER = "User"  # a member: the own pass, visits and payments
    STAFF = "Staff"
    ADMIN = "Admin"
    OWNER = "Owner"
    KIOSK = "Kiosk"  # a device: its own site, nothing else


_AT_LEAST = {
    Group.USER: frozenset({Group.USER}),
    Group.STAFF: frozenset({Group.STAFF, Group.ADMIN, Group.OWNER}),
    Group.ADMIN: frozenset({Group.ADMIN, Group.OWNER}),
    Group.OWNER: frozenset({Group.OWNER}),
    Group.KIOSK: frozenset({Group.KIOSK}),
}

OPERATIONS: dict[str, Group] = {
    # identity
    "account.read": Group.USER,
    "account.change": Group.USER,
    "desk.take_over": Group.STAFF,  # see who has a PIN, and sign in by one: at a desk where somebody is signed in
    "person.list": Group.ADMIN,
    "person.create": Group.ADMIN,
    "person.change": Group.ADMIN,  # owners are changed by owners only: checked in the use case
    # devices
    "device.list": Group.STAFF,
    "device.create": Group.ADMIN,
    "device.change": Group.ADMIN,
    "device.revoke": Group.ADMIN,
    "device.open": Group.STAFF,  # let somebody in who stands before the door
    "device.feed": Group.KIOSK,
    "device.upload": Group.KIOSK,
    "device.heartbeat": Group.KIOSK,
    # gym
    "site.read": Group.STAFF,
    "site.change": Group.ADMIN,
    "plan.read": Group.STAFF,
    "plan.change": Group.ADMIN,
    "member.read": Group.STAFF,
    "member.change": Group.STAFF,
    "member.erase": Group.ADMIN,
    "member.merge": Group.ADMIN,
    "membership.read": Group.STAFF,
    "membership.change": Group.STAFF,
    "membership.grant": Group.ADMIN,  # without money: access follows the ledger
    "attendance.read": Group.STAFF,
    "attendance.change": Group.STAFF,
    "visit.read": Group.STAFF,
    "visit.read_own": Group.USER,
    "occupancy.read": Group.STAFF,
    "machine.read": Group.STAFF,
    "machine.care": Group.STAFF,  # status, faults, maintenance
    "machine.change": Group.ADMIN,
    "image.change": Group.ADMIN,
    "remark.read": Group.STAFF,
    "remark.change": Group.STAFF,
    "remark.open_medical": Group.STAFF,  # each time is written down
    "photo.read": Group.STAFF,
    "photo.change": Group.STAFF,
    "import.run": Group.ADMIN,  # members of another system, and the list of all to take away
    # qr
    "pass.read": Group.STAFF,
    "pass.issue": Group.STAFF,
    "pass.revoke": Group.STAFF,
    "pass.read_own": Group.USER,
    "voucher.issue": Group.STAFF,
    "issuer_key.read": Group.ADMIN,
    "issuer_key.change": Group.OWNER,
    # payments
    "payment.read": Group.STAFF,
    "payment.take": Group.STAFF,
    "payment.refund": Group.ADMIN,
    "payment.correct": Group.ADMIN,
    "till.read": Group.STAFF,
    "till.change": Group.STAFF,
    "ledger.read": Group.ADMIN,
    # notifications
    "mail.read": Group.STAFF,
    "mail.send": Group.STAFF,
    # reports
    "report.read": Group.OWNER,
    "report.contact": Group.OWNER,  # write down who was contacted of those who come less than usual
    "audit.read": Group.ADMIN,  # says nothing that an Admin cannot see; nobody changes it
}
"""The lowest group that may do each operation."""

WITHOUT_DATABASE = frozenset({"occupancy.read"})
"""What may be asked while the database is away: the token, good for 15 minutes, is then believed as it is (decision
0025). Only for answers that change nothing and name nobody."""

_PEOPLE = frozenset({Group.USER, Group.STAFF, Group.ADMIN, Group.OWNER})
_OWN = frozenset({"account.read", "account.change"})


def may(groups: frozenset[Group], operation: str) -> bool:
    """Whether someone in these groups may do this. Everybody who signs in may see to the own account."""
    if operation in _OWN:
        return bool(groups & _PEOPLE)
    return bool(groups & _AT_LEAST[OPERATIONS[operation]])
