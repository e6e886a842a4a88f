"""The keys that sign vouchers: made ahead, known at every door before they sign, gone when nothing of theirs is good."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlmodel import Session, col, func, select

from cloud_api.common import audit, roster
from cloud_api.common.keys import Keys
from cloud_api.common.principal import Principal
from cloud_api.common.session import transaction_time
from cloud_api.qr.tables import IssuerKeyRow
from shared.contracts.roster import IssuerKeyBody, RowKind
from shared.errors import Rejected
from shared.passtoken.sealing import seal, unseal

SIGNS_AFTER = timedelta(days=3)
"""A new key waits so long before it signs: by then every door that still decides has heard of it."""
GONE_AFTER = timedelta(days=3)
"""A key's last voucher is over so long after the next key began to sign."""
_MAX_NUMBER = 255


def living_keys(session: Session, *, lock: bool = False) -> Sequence[IssuerKeyRow]:
    """The keys that doors hold, oldest first. ``lock``: none of them is retired before the transaction ends."""
    query = select(IssuerKeyRow).where(col(IssuerKeyRow.retired_at).is_(None))
    query = query.order_by(col(IssuerKeyRow.created_at), col(IssuerKeyRow.number))
    return session.exec(query.with_for_update() if lock else query).all()


def signing_key(session: Session) -> IssuerKeyRow:
    """The key that signs now: the newest that has waited long enough, or the only one.

    Raises:
        Rejected: ``no_issuer_key``, before the first site was opened.
    """
    rows = living_keys(session)
    if not rows:
        raise Rejected("There is no key to sign vouchers with yet.", code="no_issuer_key")
    since = transaction_time(session) - SIGNS_AFTER
    ready = [row for row in rows if row.created_at <= since]
    return ready[-1] if ready else rows[0]


def private_key(row: IssuerKeyRow, keys: Keys) -> Ed25519PrivateKey:
    sealed = row.sealed_private
    raw = None if sealed is None else unseal(keys.master_key, sealed, about=_about(row.number))
    if raw is None:
        message = f"the master key does not open voucher key {row.number}"
        raise RuntimeError(message)
    return Ed25519PrivateKey.from_private_bytes(raw)


def rotate(session: Session, keys: Keys, *, compromised: bool, by: Principal | str) -> IssuerKeyRow:
    """Make the next key, which signs in three days.

    When the old ones were ``compromised`` it signs at once, and they are worth nothing, with every voucher of theirs.

    Raises:
        Rejected: ``keys_used_up`` after 255 keys.
    """
    row = _make(session, keys)
    outlived = _outlived(session, newest=row, compromised=compromised)
    for old in outlived:
        _retire(session, old)
    after = {"compromised": compromised, "retired": [old.number for old in outlived]}
    audit.record(session, service="qr", actor=by, action="issuer_key.rotated", subject=row.number, after=after)
    return row


def tell_site(session: Session, keys: Keys, site_id: UUID) -> None:
    """Put the keys into a new site's roster; the very first site makes the first key."""
    for row in living_keys(session, lock=True) or [_make(session, keys)]:
        _put(session, row, [site_id])


def _make(session: Session, keys: Keys) -> IssuerKeyRow:
    number = 1 + (session.exec(select(func.max(col(IssuerKeyRow.number)))).one() or 0)
    if number > _MAX_NUMBER:
        raise Rejected("All 255 key numbers are used up.", code="keys_used_up")
    private = Ed25519PrivateKey.generate()
    row = IssuerKeyRow(
        number=number,
        public_key=private.public_key().public_bytes_raw(),
        sealed_private=seal(keys.master_key, private.private_bytes_raw(), about=_about(number)),
        created_at=transaction_time(session),
    )
    session.add(row)
    session.flush()
    _put(session, row, roster.list_sites(session))
    return row


def _outlived(session: Session, *, newest: IssuerKeyRow, compromised: bool) -> list[IssuerKeyRow]:
    """The keys that no good voucher needs: those before one that has been signing for long enough."""
    rows = list(living_keys(session))
    if compromised:
        return [row for row in rows if row.number != newest.number]
    since = transaction_time(session) - SIGNS_AFTER - GONE_AFTER
    settled = [place for place, row in enumerate(rows) if row.created_at <= since]
    return rows[: settled[-1]] if settled else []


def _retire(session: Session, row: IssuerKeyRow) -> None:
    row.retired_at, row.sealed_private = transaction_time(session), None
    session.add(row)
    session.flush()
    for site_id in roster.list_sites(session):
        roster.remove(session, site_id=site_id, kind=RowKind.ISSUER_KEY, key=str(row.number))


def _put(session: Session, row: IssuerKeyRow, sites: Sequence[UUID]) -> None:
    body = IssuerKeyBody(public_key=row.public_key).model_dump_json()
    for site_id in sites:
        roster.put(session, site_id=site_id, kind=RowKind.ISSUER_KEY, key=str(row.number), body=body)


def _about(number: int) -> bytes:
    return b"voucher key %d" % number
