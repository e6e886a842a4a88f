"""The post of a gym without a mail server: a folder of ``.eml`` files, to be looked at or passed on by hand."""

import contextlib
import os
import re
import secrets
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from shared.errors import Unavailable

SENDER = "gym@localhost"
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")


class FolderMail:
    """One file a mail, named by its Message-ID, so that a mail handed over twice is one file. Only we can read them."""

    sender = SENDER

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        content = message.as_bytes(policy=SMTP)
        name = _UNSAFE.sub("_", str(message["Message-ID"]).strip("<>"))
        draft = self._folder / f".{secrets.token_hex(8)}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(draft, content)
            draft.replace(self._folder / f"{name}.eml")
        except OSError as error:
            with contextlib.suppress(OSError):
                draft.unlink()
            raise Unavailable(f"The mail could not be written: {error.strerror}.") from error

    def describe(self) -> tuple[str, bool]:
        usable = os.access(self._folder if self._folder.exists() else self._folder.parent, os.W_OK)
        return f"files in {self._folder}; FIT_MAIL_URL is not set, so nothing leaves this machine", usable


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
