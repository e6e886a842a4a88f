"""The wipe of a revoked device (hard case: wipe).

Only an order that names this device and is signed with the gym's key counts; whatever else a server or a portal says,
nothing is deleted. Each step is safe to repeat, and where the wipe stands is kept in ``events.db``, which goes last:

nothing ──▶ ORDERED ──▶ BARE: keys and roster are gone ──▶ HANDED_IN: no event waits ──▶ as if never enrolled
"""

import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime
from enum import Enum

from kiosk.enrolment.identity import Identity, delete_identity
from kiosk.enrolment.keys import KIOSK, NEXT, Keys, find_keys, put_keys
from kiosk.store.folder import Store
from kiosk.store.meta import WIPE
from kiosk.sync.push import Pusher
from kiosk.sync.rounds import Round
from shared import faults
from shared.client.devices import DeviceCloud
from shared.contracts.devices import EventUpload, SalvageUpload, UploadAnswer, WipeOrder
from shared.errors import Rejected, Unavailable
from shared.passtoken.signing import is_signed, salvage_message, wipe_message
from shared.secret_store.port import SecretStore

_log = logging.getLogger(__name__)

EVENTS_AT_ONCE = 250
"""In one salvage call, whose payload may have 512 KiB."""


class Stage(Enum):
    ORDERED = "ordered"
    BARE = "bare"
    HANDED_IN = "handed_in"


class Wipe:
    """Carries out an order, a bounded step at a time. Used by one thread; ``accept`` by any.

    ``on_ordered`` is called once per start, as soon as an order counts: the door has to close then.
    """

    def __init__(
        self,
        store: Store,
        identity: Identity,
        secrets: SecretStore,
        cloud: DeviceCloud,
        *,
        on_ordered: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._identity = identity
        self._secrets = secrets
        self._cloud = cloud
        self._on_ordered = on_ordered
        self._pusher = Pusher(store, self._salvage, limit=EVENTS_AT_ONCE)
        self._accepting = threading.Lock()
        self._stage = self._read_stage()
        self.is_done = False

    @property
    def is_ordered(self) -> bool:
        """Whether this kiosk has to go; also after a restart."""
        return self._stage is not None

    def accept(self, order: WipeOrder) -> bool:
        """Check an order and, when it counts, write down that it has to be carried out.

        An order from before this enrolment was meant for the device as it was then.
        """
        if not self._counts(order):
            _log.warning("a wipe order that is not for this kiosk, or not the gym's, was ignored")
            return False
        with self._accepting:
            if self._stage is None:
                self._enter(Stage.ORDERED, order.ordered_at)
                self._on_ordered()
        return True

    def step(self) -> Round:
        """Do what comes next; to be called until ``is_done``."""
        if self.is_done:
            return Round()
        try:
            match self._stage:
                case Stage.ORDERED:
                    self._strip()
                case Stage.BARE:
                    return self._hand_in()
                case Stage.HANDED_IN:
                    self._vanish()
                case None:
                    return Round()
        except (Unavailable, Rejected) as error:
            return Round(error=error)
        return Round(more=not self.is_done)

    def _counts(self, order: WipeOrder) -> bool:
        identity = self._identity
        if (order.gym_id, order.device_id) != (identity.gym_id, identity.device_id):
            return False
        if int(order.ordered_at.timestamp()) < int(identity.enrolled_at.timestamp()):
            return False
        message = wipe_message(gym_id=order.gym_id, device_id=order.device_id, ordered_at=order.ordered_at)
        return is_signed(identity.gym_public_key, message, order.signature)

    def _strip(self) -> None:
        """The keys that open names go first, then the roster with what they open. The device key stays."""
        keys = find_keys(self._secrets, self._identity.public_key)
        if keys is not None:
            self._unless_read_only(lambda: put_keys(self._secrets, KIOSK, Keys(device_key=keys.device_key)))
        self._unless_read_only(lambda: self._secrets.delete(NEXT))
        faults.reach("wipe.keys_gone")
        self._store.roster.retire()
        faults.reach("wipe.roster_gone")
        # Acknowledged events too: the cloud may have been restored since, and this kiosk not have heard of it.
        self._store.outbox.send_everything_again()
        self._enter(Stage.BARE)

    def _hand_in(self) -> Round:
        done = self._pusher.step()
        if done.error is None and not done.more and self._store.outbox.state().unsent == 0:
            self._enter(Stage.HANDED_IN)
            return Round(done=done.done, more=True)
        return done

    def _vanish(self) -> None:
        self._unless_read_only(lambda: self._secrets.delete(KIOSK))
        faults.reach("wipe.device_key_gone")
        delete_identity(self._store.folder)
        faults.reach("wipe.identity_gone")
        self._store.delete_events()
        self.is_done = True

    def _salvage(self, upload: EventUpload) -> UploadAnswer:
        keys = find_keys(self._secrets, self._identity.public_key)
        if keys is None:
            raise Unavailable("The device key is gone; the events of this kiosk cannot be handed in.")
        device_id, payload = self._identity.device_id, upload.model_dump_json()
        signature = keys.sign(salvage_message(device_id, payload))
        return self._cloud.salvage(SalvageUpload(device_id=device_id, payload=payload, signature=signature))

    def _enter(self, stage: Stage, ordered_at: datetime | None = None) -> None:
        at = _ordered_at(self._store) if ordered_at is None else int(ordered_at.timestamp())
        self._store.meta.set({WIPE: json.dumps({"stage": stage.value, "ordered_at": at})})
        self._stage = stage
        faults.reach(f"wipe.{stage.value}")

    def _read_stage(self) -> Stage | None:
        """Where a wipe stands that was ordered since this enrolment."""
        at = _ordered_at(self._store)
        if at is None or at < int(self._identity.enrolled_at.timestamp()):
            return None
        return _stage_of(self._store)

    def _unless_read_only(self, change: Callable[[], None]) -> None:
        """Systemd's credentials cannot be changed by us; the operator removes them with the unit."""
        try:
            change()
        except Rejected as error:
            _log.warning("%s Remove it from the service's unit.", error)


def finish_wipe(store: Store, identity: Identity | None = None) -> bool:
    """For a start without identity, or without the keys of it: end a wipe that was cut off in its last step.

    True when it did: the store is gone then. A wipe ordered before this enrolment is none of its business.
    """
    at = _ordered_at(store)
    if at is None or _stage_of(store) is not Stage.HANDED_IN:
        return False
    if identity is not None and at < int(identity.enrolled_at.timestamp()):
        return False
    delete_identity(store.folder)
    store.delete_events()
    return True


def _stage_of(store: Store) -> Stage | None:
    text = store.meta.find(WIPE)
    return None if text is None else Stage(json.loads(text)["stage"])


def _ordered_at(store: Store) -> int | None:
    """Unix seconds."""
    text = store.meta.find(WIPE)
    return None if text is None else int(json.loads(text)["ordered_at"])
