"""The port of the post: one finished mail out of the house."""

from email.message import EmailMessage
from typing import Protocol


class Mail(Protocol):
    """Sends mails. Thread-safe. A mail cannot be taken back, so nobody is told more than "handed over"."""

    @property
    def sender(self) -> str:
        """The address that mails come from."""

    def send(self, message: EmailMessage) -> None:
        """Hand one mail over. Sent again with the same Message-ID it is the same mail to whoever compares.

        Raises:
            Rejected: this mail will never be taken; ``code`` says why (``smtp_550`` ...).
            Unavailable: not now; the same mail may go later. It may have gone already, when the other side was lost
                while it answered.
        """

    def describe(self) -> tuple[str, bool]:
        """What it is and where, in words for the operator, and whether it can be used now."""
