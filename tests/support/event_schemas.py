"""Events held against their published JSON Schemas, and two editions of a schema against each other."""

import functools
import json
from pathlib import Path

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "wire" / "events"
WHAT_TO_DO = (
    "Say what the payload holds in cloud_api/common/event_payloads.py, name its type and topic in "
    "cloud_api/common/event_types.py, and write the schemas anew: python -m cloud_api.common.event_schemas docs/wire/events"
)
_FIRST = 20
"""Of a row with many events so many are looked at."""


@functools.cache
def _validator(name):
    file = FOLDER / f"{name}.json"
    assert file.exists(), f"Nothing in docs/wire/events tells of {name}. {WHAT_TO_DO}"
    schema = json.loads(file.read_text())
    return schema["x-topic"], Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def check_event(topic, name, data):
    """Raises AssertionError when an event is not what its schema promises. Types of tests begin with ``t.``."""
    if name.startswith("t."):
        return
    promised, validator = _validator(name)
    assert topic == promised, f"{name} was published in the topic {topic}, not {promised}"
    errors = [f"{'/'.join(map(str, error.path))}: {error.message}" for error in validator.iter_errors(data)]
    assert not errors, f"{name} is not as its schema says: {'; '.join(errors)}. {WHAT_TO_DO}"
    unknown = data.keys() - validator.schema["properties"].keys()
    assert not unknown, f"the schema of {name} knows nothing of {', '.join(sorted(unknown))}. {WHAT_TO_DO}"


def check_row(topic, name, items):
    """As :func:`check_event`, for what is written into the outbox."""
    content = json.loads(items)
    for _, _, data in content[:_FIRST] if isinstance(content, list) else []:
        check_event(topic, name, data)


def breaks(old, new):
    """What in a new edition of a schema a reader of the old one, or of old messages, would stumble over."""
    return list(_breaks(old, new, old.get("$defs", {}), new.get("$defs", {}), ""))


def _breaks(old, new, old_defs, new_defs, path):
    old, new = _resolved(old, old_defs), _resolved(new, new_defs)
    if _kinds(old, old_defs) != _kinds(new, new_defs):
        yield f"{path or 'all'} has another type"
        return
    for name, field in old.get("properties", {}).items():
        if name not in new.get("properties", {}):
            yield f"{path}/{name} was taken away"
        else:
            yield from _breaks(field, new["properties"][name], old_defs, new_defs, f"{path}/{name}")
    for name in sorted(set(new.get("required", [])) - set(old.get("required", []))):
        yield f"{path}/{name} is newly required"
    if gone := set(old.get("enum", [])) - set(new.get("enum", old.get("enum", []))):
        yield f"{path} no longer knows {sorted(gone)}"
    if "items" in old:
        yield from _breaks(old["items"], new.get("items", {}), old_defs, new_defs, f"{path}[]")
    for one, other in zip(old.get("anyOf", []), new.get("anyOf", []), strict=False):
        yield from _breaks(one, other, old_defs, new_defs, path)


def _resolved(schema, defs):
    return defs[schema["$ref"].rsplit("/", 1)[1]] if "$ref" in schema else schema


def _kinds(schema, defs):
    schema = _resolved(schema, defs)
    if "anyOf" in schema:
        return frozenset().union(*(_kinds(item, defs) for item in schema["anyOf"]))
    return frozenset({(schema.get("type"), schema.get("format"))})
