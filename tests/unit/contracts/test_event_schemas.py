"""What events say is written down, is what the models say, and stays readable from release to release."""

import json
from copy import deepcopy
from datetime import UTC, datetime

import pytest

from cloud_api.common.event_schemas import text_of
from cloud_api.common.event_types import EVENT_TYPES, TOPICS
from cloud_api.common.outbox import Event
from tests.support.builders import an_id
from tests.support.event_schemas import FOLDER, WHAT_TO_DO, breaks, check_event

RELEASED = sorted((FOLDER / "released").glob("*/*.json"))


def test_the_schemas_are_those_of_the_models():
    on_disk = {file.stem: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.json")}
    assert on_disk == {name: text_of(name) for name in EVENT_TYPES}, WHAT_TO_DO


@pytest.mark.parametrize("released", RELEASED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_a_release_published_can_still_be_read(released):
    """No field is taken away or retyped, and none newly required: old messages are still in the topics."""
    now = FOLDER / released.name
    assert now.exists(), f"{released.stem} is published no more: keep its schema while a release is about that had it"
    assert breaks(json.loads(released.read_text()), json.loads(now.read_text())) == []


def test_there_is_a_release_to_compare_with():
    assert {file.parent.name for file in RELEASED} >= {"0.1.0"}


def test_the_comparison_finds_what_breaks_a_reader():
    old = json.loads((FOLDER / "attendance.recorded.json").read_text())
    assert breaks(old, deepcopy(old)) == []
    for change, found in {
        lambda new: new["properties"].pop("flags"): "/flags was taken away",
        lambda new: new["properties"].update(site_id={"type": "integer"}): "/site_id has another type",
        lambda new: new["required"].append("mood"): "/mood is newly required",
        lambda new: new["$defs"]["EventRecord"]["properties"].pop("number"): "/event/number was taken away",
        lambda new: new["$defs"]["Direction"]["enum"].pop(): "/event/direction no longer knows ['exit']",
        lambda new: new["properties"]["flags"].update(items={"type": "integer"}): "/flags[] has another type",
    }.items():
        new = deepcopy(old)
        change(new)
        assert found in breaks(old, new)


def test_an_event_that_is_not_as_promised_is_found():
    good = {"site_id": str(an_id(1)), "version": 1}
    check_event("site", "site.opened", good)
    for topic, name, data in (
        ("site", "site.burnt", good),
        ("plan", "site.opened", good),
        ("site", "site.opened", {"site_id": str(an_id(1))}),
        ("site", "site.opened", {**good, "version": "1"}),
        ("site", "site.opened", {**good, "owner_name": "Ann"}),
    ):
        with pytest.raises(AssertionError, match="event_types" if topic == "site" else "topic"):
            check_event(topic, name, data)


def test_the_envelope_is_as_the_page_says():
    event = Event(an_id(1), "site", "site.opened", an_id(2), datetime(2026, 3, 1, tzinfo=UTC), {"version": 1})
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    example = json.loads(page.split("```json\n")[1].split("```")[0])
    assert event.envelope().keys() == example.keys()
    read = Event.from_envelope(example)
    assert read.envelope() == example
    check_event(read.topic, read.type, read.data)


def test_every_topic_is_named_on_the_page():
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert {topic for topic in TOPICS if f"`{topic}`" not in page} == set()
