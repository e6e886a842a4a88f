"""The text that tells a kiosk where to enrol, with what code, and which certificate to trust."""

from datetime import datetime
from uuid import UUID

from cloud_api.common.cloud import Cloud
from cloud_api.common.codes import png_of
from cloud_api.devices.messages import EnrolmentCode


def pairing_text(cloud: Cloud, code: str) -> str:
    """``FIT1 <base url> <code> <sha256 of the certificate, hex>``; ``-`` where a public certificate needs no pinning."""
    return f"FIT1 {cloud.base_url} {code} {cloud.fingerprint or '-'}"


def enrolment_code(cloud: Cloud, device_id: UUID, code: str, expires_at: datetime) -> EnrolmentCode:
    """A code as staff get it: as a text, and as a picture for the kiosk's camera."""
    pairing = pairing_text(cloud, code)
    return EnrolmentCode(device_id=device_id, code=code, pairing=pairing, png=png_of(pairing), expires_at=expires_at)
