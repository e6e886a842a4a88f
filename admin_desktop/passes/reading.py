"""What the room says of passes, and which kiosks have heard of a change. No Qt but chips' icons."""

from collections.abc import Sequence
from dataclasses import dataclass

from admin_desktop.shell.words import Words
from admin_desktop.widgets.chips import Chip, Tone
from shared.contracts.kiosks import DeviceInfo
from shared.contracts.qr import PassPlace, PassView, Symbology
from shared.desktop.drawings import Icon
from shared.domain.device import DeviceStatus
from shared.domain.passes import PassKind, PassStatus

ICONS = {PassKind.CARD: Icon.CARD, PassKind.LIVE: Icon.PHONE, PassKind.BARCODE: Icon.KEY, PassKind.VOUCHER: Icon.PAPER}
_UNNAMED = frozenset({"", *(symbology.value for symbology in Symbology)})


def kind_word(kind: PassKind, words: Words) -> str:
    return words(f"passes.kind.{kind.value}")


def title_of(one: PassView, words: Words) -> str:
    """What tells a pass from the member's others. A tag without a name has that of its symbology, which tells nobody."""
    return kind_word(one.kind, words) if one.label in _UNNAMED else one.label


def pass_chip(status: PassStatus, words: Words) -> Chip:
    if status is PassStatus.ACTIVE:
        return Chip(words("passes.active"), Tone.GOOD, Icon.TICK)
    return Chip(words("passes.revoked"), Tone.OVER, Icon.BLOCK)


@dataclass(frozen=True, slots=True)
class Heard:
    """Kiosks that have told of a roster with the pass as it is now, and those that have not yet."""

    heard: tuple[DeviceInfo, ...]
    waiting: tuple[DeviceInfo, ...]

    @property
    def everywhere(self) -> bool:
        return not self.waiting


def who_heard(places: Sequence[PassPlace], devices: Sequence[DeviceInfo]) -> Heard:
    """Look at what each active kiosk last told of its roster."""
    known = {place.site_id: place for place in places}
    doors = [each for each in devices if each.status is DeviceStatus.ACTIVE and each.site_id in known]
    heard = tuple(each for each in doors if _has(each, known[each.site_id]))
    return Heard(heard, tuple(each for each in doors if each not in heard))


def _has(device: DeviceInfo, place: PassPlace) -> bool:
    told = device.heartbeat
    if told is None or told.roster_version is None:
        return False
    return told.roster_epoch == place.epoch and told.roster_version >= place.version
