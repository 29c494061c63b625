"""A cell that looks at a memory says of itself all that a drawing needs."""

import pytest

from core.notation import describe
from core.recipe import make_recipe
from core.wiring import wiring_of


@pytest.mark.parametrize("scoring", ["additive", "dot"])
@pytest.mark.parametrize("reader", ["forward", "both"])
@pytest.mark.parametrize("cell", ["rnn-tanh", "lstm", "gru"])
def test_attention_is_described_with_its_weights_first(cell: str, reader: str, scoring: str) -> None:
    recipe = make_recipe({"topology": "attention", "cell": cell, "reader": reader, "scoring": scoring})
    told = describe(wiring_of(recipe).cells["decoder"])
    alignment, context = told["nodes"][:2]
    assert (alignment["name"], alignment["role"]) == ("a", "alignment")
    assert alignment["equation"].startswith("a_{t} = \\operatorname{softmax}")
    assert context["name"] == "v"
    drawn = {node["id"]: node for node in told["graph"]["nodes"]}
    assert (drawn["a"]["op"], drawn["v"]["op"]) == ("softmax", "mix")
    assert {"from": "a", "to": "v"} in told["graph"]["edges"]


def test_a_cell_that_looks_at_nothing_is_described_as_before() -> None:
    told = describe(make_recipe({"cell": "lstm"}).cell)
    assert [node["role"] for node in told["nodes"]].count("alignment") == 0
