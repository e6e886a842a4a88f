"""What ``qr`` hears: new sites get the voucher keys and every pass there is, erased members lose their passes."""

from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from cloud_api.common import placement
from cloud_api.common.cloud import Cloud
from cloud_api.common.journal import Replay
from cloud_api.common.outbox import Consumer, Event
from cloud_api.qr import issuer_keys, merging, revoking, vouchers
from cloud_api.qr.tables import PassRow


def consumers(cloud: Cloud) -> list[Consumer]:
    def hear_of_site(session: Session, event: Event) -> None:
        if event.type == "site.opened":
            site_id = UUID(event.data["site_id"])
            issuer_keys.tell_site(session, cloud.keys, site_id)
            placement.fill_site(session, site_id)

    def hear_of_member(session: Session, event: Event) -> None:
        if event.data.get("merged_into") is not None:
            merging.take_over(session, UUID(event.data["member_id"]), kept=UUID(event.data["merged_into"]))
        elif event.data["erased"]:
            member_id = UUID(event.data["member_id"])
            session.exec(delete(PassRow).where(col(PassRow.member_id) == member_id))
            vouchers.revoke_all(session, cloud.keys, member_id)

    return [Consumer("site", "qr.sites", hear_of_site), Consumer("member", "qr.members", hear_of_member)]


def replays(cloud: Cloud) -> dict[str, Replay]:
    return {
        revoking.JOURNAL_KIND: revoking.revoke_again,
        vouchers.JOURNAL_KIND: lambda session, voucher, at: vouchers.revoke_again(session, cloud.keys, voucher, at),
    }
