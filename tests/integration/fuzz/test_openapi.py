"""The OpenAPI document can be believed: whatever is sent, the answer is one of those it names, and never a 5xx."""

import contextlib
import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from tests.support.fuzzed import OWNERS

EXAMPLES = int(os.environ.get("FIT_FUZZ_EXAMPLES", "6"))
"""For each operation and database, half of them with what the document allows and half with what it does not."""
SEEDED = "FIT_FUZZ_EXAMPLES" not in os.environ
"""A campaign takes other examples each time."""

pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")
"""What the gym does in the background may draw a number while schemathesis draws an example."""

UNFIT = [positive_data_acceptance, negative_data_rejection]
"""Whether a request is good is not all in a schema: rules between fields are not, and unknown fields are passed over."""


@pytest.fixture(scope="module")
def served(fuzzed):
    return fuzzed.open()


def about(case, known):
    """The same case about things that are there."""
    case.path_parameters = {name: known.get(name, value) for name, value in (case.path_parameters or {}).items()}
    case.body = _about(case.body, known)


def _about(value, known):
    if isinstance(value, dict):
        return {name: known.get(name, _about(item, known)) for name, item in value.items()}
    return [_about(item, known) for item in value] if isinstance(value, list) else value


def fuzz(served, operation):
    """Try an operation; returns how often it answered what."""
    answers = Counter()
    headers = {"Authorization": f"Bearer {served.token_for(operation.path)}"}
    quiet = settings(
        max_examples=EXAMPLES // 2,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=SEEDED,
    )

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

        @quiet
        @given(case=operation.as_strategy(generation_mode=mode), known=st.none() | st.sampled_from(served.known))
        def check(case, known):
            if known:
                about(case, known)
            if isinstance((case.query or {}).get("wait"), int | float):
                case.query["wait"] = 0
            answer = case.call(headers=headers)
            answers[answer.status_code] += 1
            case.validate_response(answer, excluded_checks=UNFIT, headers=headers)

        with contextlib.suppress(Unsatisfiable):  # nothing can be wrong in a request without parameters
            check()
    return answers


@pytest.mark.parametrize("owner", OWNERS)
def test_every_answer_is_one_that_the_document_names(served, owner):
    operations = served.operations(owner)
    assert operations
    for operation in operations:
        answers = fuzz(served, operation)
        assert answers, operation.label
        assert max(answers) < 500, (operation.label, answers)


def test_every_operation_is_fuzzed(served):
    found = {result.ok().label for result in served.schema.get_all_operations()}
    assert {item.label for owner in OWNERS for item in served.operations(owner)} == found
