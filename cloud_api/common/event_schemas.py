"""The JSON Schema of each event's payload: ``python -m cloud_api.common.event_schemas docs/wire/events`` writes them."""

import json
import sys
from pathlib import Path
from typing import Any

from cloud_api.common.event_types import EVENT_TYPES


def schema_of(name: str) -> dict[str, Any]:
    """What ``data`` of an event of this type holds."""
    kind = EVENT_TYPES[name]
    schema = kind.payload.model_json_schema(mode="validation")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name, "x-topic": kind.topic}
    return head | {key: value for key, value in schema.items() if key != "title"}


def text_of(name: str) -> str:
    return json.dumps(schema_of(name), indent=2, ensure_ascii=False) + "\n"


def write_all(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in EVENT_TYPES:
        (folder / f"{name}.json").write_text(text_of(name), encoding="utf-8")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
