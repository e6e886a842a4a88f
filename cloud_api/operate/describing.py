"""``python -m cloud_api.operate.describing FOLDER``: the OpenAPI document of every service, and one of all."""

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cloud_api.app import create_app, make_cloud
from cloud_api.common.keys import create_keys
from cloud_api.settings import SERVICES, load_settings

ALL = "all"


def documents() -> dict[str, dict[str, Any]]:
    """By service, and ``all``: what it serves alone. Needs no gym: one is made up for it and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(Path(folder), environ={"FIT_TLS": "off", "FIT_DATABASE_URL": "sqlite://"})
        create_keys(settings.secrets, gym_name="Any gym")
        cloud = make_cloud(settings)
        made = {service: create_app(cloud, services=(service,)).openapi() for service in SERVICES}
        return {**made, ALL: create_app(cloud).openapi()}


def write(folder: Path, described: Mapping[str, dict[str, Any]]) -> None:
    """Write documents as JSON, and remove those of services that are no more."""
    made = {f"{name}.json": as_text(document) for name, document in described.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


def as_text(document: dict[str, Any]) -> str:
    """The same text for the same document, whatever the order in which it was put together."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]), documents())
