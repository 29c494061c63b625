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
from core.options import OPTIONS
from tests.app.talk import WEB, until

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
INPUT = re.compile(r"traces|explain|figures|cells|finding|training|decode|models|geometry")
OPERATIONS = {found.label: found for found in (result.ok() for result in SCHEMA.get_all_operations())}  # type: ignore[union-attr]
FEW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)


# Where nothing may be given, nothing can be given wrongly.
PLAIN = {"GET /api/v1/models"}
CASES = [
    (label, mode)
    for label in OPERATIONS
    for mode in GenerationMode
    if mode.is_positive or (INPUT.search(label) and label not in PLAIN)
]


# What a value alone may not be, which the description says; how values go together no schema can say.
ALONE = re.compile(r"no such field|must be (text|a number|a whole number|finite|at least|at most)|one of the choices")
# What depends on the cell, the text, the data, or what was sent before.
DEPENDS = re.compile(r"explain|models|lessons|cells|sounds|pictures|v1/data")


UNTRAINED = re.compile(r"decode|finding|geometry")
LEFT_OUT = {"pace", "model", "runs", "interventions", "prompt", "stop", "length"}


def lightened(case: Any, label: str) -> None:
    """Leave out what takes its time, and what only makes sense beside the rest."""
    for fields in (case.query, case.body):
        if isinstance(fields, dict):
            for name in LEFT_OUT | (
                set(OPTIONS) | {"update"} if "decode" in label or "finding" in label or "geometry" in label else set()
            ):
                fields.pop(name, None)
            fields.update({} if fields or fields is case.query else {"seed": 0})  # nothing at all would not be sent
    if "training" in label:
        (case.body if isinstance(case.body, dict) else case.query).update({"updates": 3, "batch": 2, "hidden": 3})
        (case.query or {}).update({"update": 2} if "update" in (case.query or {}) else {})


def refused_together(case: Any, answer: Any) -> bool:
    """Whether values are refused that are each right: for how they go together, or for what all of it would cost."""
    if answer.status_code != 422 or answer.json()["type"] not in {"/docs#bad-recipe", "/docs#too-costly"}:
        return False
    found = [error["message"] for error in answer.json()["errors"] if ALONE.search(error["message"])]
    assert not found, (case.query, case.body, found)
    return True


@pytest.fixture(autouse=True, scope="module")
def _ready(base_url: str) -> None:
    until(lambda: WEB.get(f"{base_url}/readyz").status_code == 200)


@pytest.mark.parametrize(("label", "mode"), CASES, ids=lambda case: getattr(case, "name", case))
def test_every_operation_keeps_its_promises(label: str, mode: GenerationMode, base_url: str) -> None:
    operation = OPERATIONS[label]
    served = []

    @FEW
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        if mode.is_positive:
            lightened(case, label)
        answer = case.call(base_url=base_url, timeout=60)
        checks = [*CHECKS]
        if mode.is_positive and not DEPENDS.search(label) and not refused_together(case, answer):
            checks.append(positive_data_acceptance)
        # Schemathesis does not know that what is wrong may also be too long to be looked at.
        if answer.status_code in {413, 414, 431}:
            checks.remove(negative_data_rejection)
        served.append(answer.status_code < 400)
        case.validate_response(answer, checks=checks)

    holds()
    assert any(served) or not mode.is_positive or DEPENDS.search(label), "nothing that fits was served"


def test_every_operation_was_tried() -> None:
    assert len(OPERATIONS) == 39
