"""Which objects of the store the rows of ``gym`` refer to."""

from collections.abc import Collection

from sqlmodel import Session, col, select

from cloud_api.gym import machines_images, photos
from cloud_api.gym.tables import MachineImageRow, PhotoRow

FOLDERS = (machines_images.FOLDER, photos.FOLDER)
"""The folders of the store that are ``gym``'s, for the sweep."""


def keys_in_use(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the keys that a picture of a machine or a photo lies under."""
    found: set[str] = set()
    for table in (MachineImageRow, PhotoRow):
        for column in (col(table.large_key), col(table.medium_key), col(table.small_key)):
            found |= set(session.exec(select(column).where(column.in_(keys))))
    return found
