"""The sign-in file of the admin desktop: where the gym's server is, and its certificate to be pinned. No secret."""

import json
from dataclasses import asdict, dataclass

from cloud_api.common.keys import Keys
from cloud_api.settings import Settings
from shared.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class DeskFile:
    """``certificate`` is PEM; None where another server in front keeps a public one (``FIT_TLS=off``)."""

    gym_name: str
    base_url: str
    certificate: str | None

    def text(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def make_desk_file(settings: Settings) -> DeskFile:
    """What desks of this gym sign in with.

    Raises:
        InvalidInput: the folder holds no gym.
    """
    if not settings.secrets.exists():
        raise InvalidInput(f"{settings.data} holds no gym. Run 'fit-cloud init' first.", field="data")
    certificate = settings.certificate.read_text(encoding="ascii") if settings.tls == "on" else None
    return DeskFile(gym_name=Keys(settings.secrets).gym_name, base_url=settings.base_url, certificate=certificate)
