"""The text that tells a kiosk where to enrol, with what code, and which certificate to trust."""

from cloud_api.common.cloud import Cloud


def pairing_text(cloud: Cloud, code: str) -> str:
    """``FIT1 <base url> <code> <sha256 of the certificate, hex>``; ``-`` where a public certificate needs no pinning."""
    return f"FIT1 {cloud.base_url} {code} {cloud.fingerprint or '-'}"
