"""Schemathesis walks the described API: what fits the description is served, what does not is refused."""

import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.main import create_app
from app.settings import Settings

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    allow_header_conformance,
]
FORMS = (
    "s = {}(W @ x + U @ s_prev + b)",
    "z = sigmoid(W @ x + U @ s_prev + b)\ns = z * s_prev + (1 - z) * {}(W_c @ x)",
)
EQUATIONS = st.builds(str.format, st.sampled_from(FORMS), st.sampled_from(("tanh", "sigmoid", "relu")))
WORDS = st.lists(st.text("abcdefghij", min_size=1, max_size=4), min_size=2, max_size=6)

schemathesis.openapi.format("sentence", WORDS.map(" ".join))
schemathesis.openapi.format("equations", EQUATIONS)


SCHEMA = schemathesis.openapi.from_dict(create_app(Settings()).openapi())
INPUT = re.compile(r"traces|explain|figures|cells")
OPERATIONS = {found.label: found for found in (result.ok() for result in SCHEMA.get_all_operations())}  # type: ignore[union-attr]
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


# Where nothing may be given, nothing can be given wrongly.
CASES = [(label, mode) for label in OPERATIONS for mode in GenerationMode if mode.is_positive or INPUT.search(label)]


@pytest.mark.parametrize(("label", "mode"), CASES, ids=lambda case: getattr(case, "name", case))
def test_every_operation_keeps_its_promises(label: str, mode: GenerationMode, base_url: str) -> None:
    operation = OPERATIONS[label]
    # What may be explained depends on the cell and the text, which no schema can say.
    checks = CHECKS if "explain" in label else [*CHECKS, positive_data_acceptance]

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        if mode.is_positive:
            (case.query or {}).pop("pace", None)  # it is obeyed, and takes its time
        answer = case.call(base_url=base_url, timeout=30)
        # Schemathesis does not know that what is wrong may also be too long to be looked at.
        too_long = answer.status_code in {413, 414, 431}
        known = [check for check in checks if not too_long or check is not negative_data_rejection]
        case.validate_response(answer, checks=known)

    holds()


def test_every_operation_was_tried() -> None:
    assert len(OPERATIONS) == 13
