"""Who a device's token stands for now."""

from uuid import UUID

from sqlmodel import Session

from cloud_api.common.keys import Keys
from cloud_api.common.principal import Claims, Principal, PrincipalKind, Standing
from cloud_api.devices.device import get_device, refuse_revoked
from shared.domain.roles import Group
from shared.errors import Rejected

DEVICE_CLAIM, STREAM_CLAIM = "custom:device_id", "custom:stream_id"


def device_standing(keys: Keys) -> Standing:
    """A revoked device is told to wipe on every route. A token from before the latest enrolment counts no more."""

    def stand(session: Session, claims: Claims) -> Principal:
        try:
            device = get_device(session, UUID(claims[DEVICE_CLAIM]))
        except (ValueError, AttributeError, TypeError) as error:
            raise Rejected("This token names no device.", code="not_signed_in") from error
        refuse_revoked(device, keys)
        if claims.get(STREAM_CLAIM) != str(device.stream_id):
            raise Rejected("This device has been enrolled anew since.", code="not_signed_in")
        groups = frozenset({Group.KIOSK})
        return Principal(device.id, PrincipalKind.DEVICE, groups, site_id=device.site_id)

    return stand
