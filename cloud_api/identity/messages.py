"""What people's clients send and get, by the names that this service uses."""

from shared.contracts.identity import (
    MIN_PASSWORD,
    Invitation,
    NewPerson,
    PasswordChange,
    Person,
    PersonChange,
    Redeem,
    Redeemed,
    Refresh,
    SignedIn,
    SignIn,
)

__all__ = [
    "MIN_PASSWORD",
    "Invitation",
    "NewPerson",
    "PasswordChange",
    "Person",
    "PersonChange",
    "Redeem",
    "Redeemed",
    "Refresh",
    "SignIn",
    "SignedIn",
]
