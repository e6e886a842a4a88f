"""Enrolment: a one-time code becomes a device. In place when the kiosk was one before: its events stay.

The device key is in the ``SecretStore`` before the code is redeemed, and the identity is written last: whatever fails
before that, the kiosk is what it was, and a new code helps.
"""

from collections.abc import Callable

from kiosk.enrolment.identity import Identity, save_identity
from kiosk.enrolment.keys import NEXT, Keys, new_keys, promote_keys, put_keys
from kiosk.enrolment.pairing import Pairing
from kiosk.store.folder import Store
from shared.client.devices import enrol
from shared.client.pinning import fetch_pinned
from shared.client.transport import Timeouts, Transport, open_client
from shared.contracts.devices import Enrolment, EnrolRequest
from shared.domain.ids import StreamId
from shared.secret_store.port import SecretStore

Redeem = Callable[[EnrolRequest], Enrolment]


def enrol_kiosk(
    pairing: Pairing,
    *,
    store: Store,
    secrets: SecretStore,
    program_version: str,
    timeouts: Timeouts | None = None,
) -> Identity:
    """Redeem a pairing text over the network, with the certificate pinned.

    Raises:
        Rejected: the code is wrong, used or too old; another server answers; the secret store is read-only.
        Unavailable: no contact, or a disk or keyring that does not answer.
    """
    timeouts = timeouts or Timeouts()
    certificate = None
    if pairing.fingerprint is not None:
        certificate = fetch_pinned(pairing.base_url, pairing.fingerprint, timeout_s=timeouts.connect_s)
    with open_client(pairing.base_url, certificate, timeouts) as client:
        transport = Transport(client)
        return become(
            lambda request: enrol(transport, request),
            pairing=pairing,
            certificate=certificate,
            store=store,
            secrets=secrets,
            program_version=program_version,
        )


def become(
    redeem: Redeem,
    *,
    pairing: Pairing,
    certificate: bytes | None,
    store: Store,
    secrets: SecretStore,
    program_version: str,
) -> Identity:
    """The steps of an enrolment, in the order that makes each of them safe to be the last."""
    draft = new_keys()
    put_keys(secrets, NEXT, draft)
    enrolment = redeem(EnrolRequest(code=pairing.code, public_key=draft.public_key, program_version=program_version))
    keys = Keys(device_key=draft.device_key, pepper=enrolment.pepper, site_key=enrolment.site_key)
    put_keys(secrets, NEXT, keys)
    identity = _identity(enrolment, keys, pairing=pairing, certificate=certificate, secret_store=secrets.kind)
    save_identity(store.folder, identity)
    promote_keys(secrets, keys)
    move_in(store, identity)
    return identity


def move_in(store: Store, identity: Identity) -> None:
    """Make the store this identity's. To be called at every start: the power may have gone right after an enrolment.

    Events of an earlier enrolment stay in their own streams; a roster of another site goes.
    """
    store.events.ensure_stream(StreamId(identity.stream_id))
    if not store.roster.is_of_site(identity.site_id):
        store.roster.delete()


def _identity(
    enrolment: Enrolment, keys: Keys, *, pairing: Pairing, certificate: bytes | None, secret_store: str
) -> Identity:
    shared = enrolment.model_dump(include=set(Identity.model_fields))
    return Identity(
        **shared,
        base_url=pairing.base_url,
        certificate=certificate,
        public_key=keys.public_key,
        secret_store=secret_store,
        enrolled_at=enrolment.server_at,
    )
