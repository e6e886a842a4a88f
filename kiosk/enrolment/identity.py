"""Who this kiosk is: ``kiosk.json`` in the data folder. Nothing in it is secret; without it the kiosk is not enrolled."""

import os
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError

from shared.contracts.base import Bytes, Instant, Message
from shared.disk import sync_folder
from shared.domain.device import Direction
from shared.errors import InvalidInput, Unavailable

FILE = "kiosk.json"


class Identity(Message):
    """``public_key`` is the device's, ``gym_public_key`` verifies wipe orders, both raw Ed25519.

    ``certificate`` (DER) is the cloud's, pinned; None for a cloud with a public name. ``secret_store`` says where the
    keys are. ``enrolled_at`` is the server's time; an older wipe order was meant for an earlier enrolment.
    """

    base_url: str
    certificate: Bytes | None
    device_id: UUID
    device_name: str
    gym_id: UUID
    gym_number: int
    gym_name: str
    site_id: UUID
    site_name: str
    direction: Direction
    public_key: Bytes
    gym_public_key: Bytes
    stream_id: UUID
    secret_store: str
    enrolled_at: Instant


def find_identity(folder: Path) -> Identity | None:
    """The identity, or None when this kiosk is not enrolled.

    Raises:
        InvalidInput: the file was damaged.
    """
    try:
        return Identity.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError:
        return None
    except (ValidationError, OSError) as error:
        raise InvalidInput(f"{folder / FILE} cannot be read. Enrol this kiosk again; its events are kept.") from error


def save_identity(folder: Path, identity: Identity) -> None:
    """Write the file whole or not at all, durably.

    Raises:
        Unavailable: the disk does not take it.
    """
    part = folder / (FILE + ".part")
    try:
        with part.open("wb") as file:
            file.write(identity.model_dump_json(indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / FILE)
        sync_folder(folder)
    except OSError as error:
        raise Unavailable(f"{folder / FILE} cannot be written: {error}") from error


def delete_identity(folder: Path) -> None:
    (folder / FILE).unlink(missing_ok=True)
    sync_folder(folder)
