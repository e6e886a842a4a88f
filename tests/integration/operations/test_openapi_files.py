"""``docs/openapi`` is what the program serves: made anew by ``make openapi``."""

import json
from pathlib import Path

from cloud_api.operate.describing import ALL, as_text, write
from cloud_api.settings import SERVICES
from tests.support.serving import described

FOLDER = Path(__file__).parents[3] / "docs" / "openapi"


def test_the_files_are_current():
    made = described()
    assert {path.stem for path in FOLDER.glob("*.json")} == set(made)
    for name, document in made.items():
        assert (FOLDER / f"{name}.json").read_text() == as_text(document), f"{name}: run 'make openapi'"


def test_the_one_of_all_is_the_sum_of_the_others():
    made = dict(described())
    everything = made.pop(ALL)
    assert set(made) == set(SERVICES)
    for document in made.values():
        for path, operations in document["paths"].items():
            assert everything["paths"][path] == operations
        for name, schema in document["components"]["schemas"].items():
            assert everything["components"]["schemas"][name] == schema
    assert set(everything["paths"]) == set.union(*(set(document["paths"]) for document in made.values()))


def test_a_document_has_the_schemas_that_it_uses_and_no_more():
    for document in described().values():
        text = json.dumps(document)
        for kind in ("schemas", "responses", "headers"):
            for name in document["components"][kind]:
                assert f'"#/components/{kind}/{name}"' in text, name


def test_files_of_services_that_are_no_more_go(tmp_path):
    (tmp_path / "old.json").write_text("{}")
    write(tmp_path, described())
    assert {path.stem for path in tmp_path.glob("*.json")} == {*SERVICES, ALL}
