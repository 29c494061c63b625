"""The text of a cell: what is read, what is refused, and where the finger points."""

import ast
import re

import pytest

from core.cells import CELLS, SOURCES, TITLES
from core.equations import parse
from core.errors import EquationError
from core.experiment import compute
from core.recipe import make_recipe

GOOD = "s = tanh(W @ x + U @ s_prev + b)"
# What is refused, and the line (from 1) and column (from 0) of the character that is to blame.
REFUSED: dict[str, tuple[str, int, int]] = {
    "an attribute": ("s = x.__class__ + s_prev", 1, 4),
    "an attribute of a call": ("s = tanh(s_prev).T", 1, 4),
    "a call outside the table": ("s = print(s_prev)", 1, 4),
    "a call of a builtin with a name": ("s = __import__('os')", 1, 4),
    "a call of eval": ("s = eval('1') + s_prev", 1, 4),
    "a method": ("s = s_prev.sum()", 1, 4),
    "a call of a state": ("s = s_prev(x)", 1, 4),
    "a call of a call": ("s = tanh(tanh)(s_prev)", 1, 4),
    "a function as a value": ("s = tanh + s_prev", 1, 4),
    "a function without arguments": ("s = tanh() + s_prev", 1, 4),
    "a function of two arguments": ("s = tanh(s_prev, s_prev)", 1, 4),
    "a keyword argument": ("s = tanh(x=s_prev)", 1, 4),
    "a starred argument": ("s = tanh(*s_prev)", 1, 4),
    "a lambda": ("s = (lambda a: a)(s_prev)", 1, 5),
    "a list comprehension": ("s = [a for a in s_prev]", 1, 4),
    "a generator": ("s = tanh(a for a in s_prev)", 1, 8),
    "a dictionary": ("s = {}", 1, 4),
    "a tuple": ("s = s_prev, s_prev", 1, 4),
    "a walrus": ("s = tanh((a := s_prev))", 1, 10),
    "a subscript": ("s = s_prev[0]", 1, 4),
    "a slice": ("s = W[:, 0] @ x + s_prev", 1, 4),
    "a condition": ("s = s_prev if x else s_prev", 1, 4),
    "a comparison": ("s = s_prev > 0", 1, 4),
    "a boolean": ("s = s_prev and s_prev", 1, 4),
    "True": ("s = s_prev + True", 1, 13),
    "None": ("s = s_prev + None", 1, 13),
    "an ellipsis": ("s = s_prev + ...", 1, 13),
    "a string": ("s = s_prev + 'a'", 1, 13),
    "a formatted string": ("s = f'{x}' + s_prev", 1, 4),
    "bytes": ("s = b'a' + s_prev", 1, 4),
    "a complex number": ("s = s_prev + 1j", 1, 13),
    "an infinite number": ("s = s_prev + 1e400", 1, 13),
    "a huge whole number": (f"s = s_prev + {'9' * 3000}", 1, 13),
    "a power": ("s = s_prev ** 2", 1, 4),
    "a tower of powers": ("s = s_prev + 9 ** 9 ** 9", 1, 13),
    "a quotient": ("s = s_prev / 2", 1, 4),
    "a remainder": ("s = s_prev % 2", 1, 4),
    "a shift": ("s = s_prev << 2", 1, 4),
    "an inversion": ("s = ~s_prev", 1, 4),
    "a negation by not": ("s = not s_prev", 1, 4),
    "await": ("s = await s_prev", 1, 4),
    "an import": ("import os\ns = s_prev", 1, 0),
    "a definition": ("def f(): pass", 1, 0),
    "a loop": ("for s in s_prev: pass", 1, 0),
    "a bare expression": ("s = tanh(W @ x + s_prev)\ns", 2, 0),
    "an augmented assignment": ("s = tanh(W @ x + s_prev)\ns += s_prev", 2, 0),
    "an annotated assignment": ("s: float = s_prev", 1, 0),
    "two targets": ("a = s = tanh(s_prev)", 1, 0),
    "a tuple of targets": ("a, s = s_prev", 1, 0),
    "an attribute as target": ("s.a = s_prev", 1, 0),
    "a subscript as target": ("s[0] = s_prev", 1, 0),
    "a name assigned twice": ("s = tanh(W @ x + s_prev)\ns = tanh(s_prev)", 2, 0),
    "the input as target": ("x = tanh(x_prev)", 1, 0),
    "a word of ours as target": ("loss = tanh(W @ x + loss_prev)", 1, 0),
    "a function as target": ("tanh = tanh(W @ x + tanh_prev)", 1, 0),
    "a previous state as target": ("s_prev = tanh(W @ x)", 1, 0),
    "a name with a leading underscore": ("_s = tanh(W @ x + _s_prev)", 1, 0),
    "a dunder as parameter": ("s = tanh(__loader__ @ x + s_prev)", 1, 9),
    "the module of arrays as parameter": ("s = tanh(np @ x + s_prev)", 1, 9),
    "a name of forty letters": (f"s = tanh({'a' * 40} @ x + s_prev)", 1, 9),
    "a matrix used twice": ("s = tanh(W @ x + U @ s_prev)\nr = tanh(U @ s + r_prev)", 2, 9),
    "a bias used twice": ("s = tanh(s_prev + b) + b", 1, 23),
    "a vector as matrix": ("s = tanh(b + b @ s_prev)", 1, 13),
    "the input by itself": ("s = tanh(x + s_prev)", 1, 9),
    "a product with the input": ("s = x * s_prev", 1, 4),
    "a matrix times a matrix": ("s = tanh(W @ U @ x + s_prev)", 1, 9),
    "a matrix times a number": ("s = tanh(W @ 2 + s_prev)", 1, 13),
    "a state left of a product": ("s = tanh(s_prev @ x)", 1, 9),
    "a number left of a product": ("s = tanh(2 @ s_prev)", 1, 9),
    "a number alone": ("s = 1", 1, 4),
    "a product of numbers": ("s = 2 * 3 + s_prev", 1, 4),
    "a function of a number": ("s = tanh(1) + s_prev", 1, 9),
    "a state that nobody computes": ("s = tanh(W @ x + h_prev)", 1, 17),
    "a circle": ("a = tanh(s)\ns = tanh(a + s_prev)", 1, 9),
    "itself in the same step": ("s = tanh(W @ x + s)", 1, 17),
    "nothing that remembers": ("s = tanh(W @ x + b)", 1, 0),
    "an equation that leads nowhere": ("a = tanh(W @ x)\ns = tanh(s_prev)", 1, 0),
    "an open bracket": ("s = tanh(s_prev", 1, 8),
    "a closed bracket": ("s = s_prev)", 1, 10),
    "an indented line": ("s = tanh(s_prev)\n  a = s", 2, 1),
    "a letter that is not ASCII": ("s = tanh(W @ x + ü_prev)", 1, 17),
    "a full-width letter": ("ｓ = tanh(s_prev)", 1, 0),
    "a letter that looks like another": ("s = tаnh(s_prev)", 1, 5),
    "a zero byte": ("s = tanh(s_prev)\x00", 1, 16),
    "a bell": ("s = \x07tanh(s_prev)", 1, 4),
}
# What must be refused without a word about where.
TOO_MUCH = {
    "nothing": "",
    "spaces": " \n \n",
    "a comment": "# a cell",
    "five thousand characters": "s = s_prev" + " + s_prev" * 600,
    "thirty equations": "\n".join(f"s{i} = tanh(s{i}_prev)" for i in range(30)),
    "two hundred operations": "s = " + " + ".join(["tanh(s_prev)"] * 200),
    "a hundred brackets": f"s = {'(' * 100}s_prev{')' * 100}",
    "a hundred functions over lines": "s = " + "tanh(\n" * 100 + "s_prev" + ")" * 100,
    "a chain of five hundred products": "s = " + "s_prev*" * 500 + "s_prev",
    "a chain of two thousand constants": "s = s_prev" + "*2" * 1900,
    "a sum of seven hundred states": "s = s_prev" + "+b" * 1500,
    "three thousand minus signs": f"s = {'-' * 3000}s_prev",
    "half a surrogate pair in a comment": "s = tanh(s_prev) # \ud800",
    "a zero byte in a comment": "s = tanh(s_prev) # \x00",
    "a paragraph separator": "s = tanh(s_prev)\u2029t = (",
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_finger_points_at(what: str) -> None:
    source, line, column = REFUSED[what]
    with pytest.raises(EquationError) as refusal:
        parse(source)
    assert (refusal.value.line, refusal.value.column) == (line, column), str(refusal.value)
    assert refusal.value.pointed().splitlines()[-1] == " " * column + "^"
    assert 5 < len(refusal.value.message) < 300


@pytest.mark.parametrize("what", TOO_MUCH)
def test_refused_is(what: str) -> None:
    with pytest.raises(EquationError) as refusal:
        parse(TOO_MUCH[what])
    assert len(str(refusal.value)) < 400
    assert len(refusal.value.pointed()) < 10_000


def test_a_refusal_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EquationError):
        parse("s = print('ran') + s_prev")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("name", CELLS)
def test_the_built_in_cell_is_read_with_its_names(name: str) -> None:
    cell = CELLS[name]
    assert cell.output == ("s" if "rnn" in name else "h")
    assert set(cell.states) == ({"s"} if "rnn" in name else {"h", "c"} if name.startswith("lstm") else {"h"})
    targets = [line.targets[0] for line in ast.parse(cell.source).body if isinstance(line, ast.Assign)]
    assert list(cell.names) == [ast.unparse(target) for target in targets]
    assert name in TITLES
    assert re.search(r"\((19|20)\d\d\)", SOURCES[name]), "the paper, with its year"


def test_the_gates_of_the_lstm_are_labelled_by_their_comments() -> None:
    labels = {equation.name: equation.label for equation in CELLS["lstm"].equations}
    assert labels["f"] == "forget gate"
    assert labels["o"] == "output gate"
    assert labels["c"] == "cell state"


def test_the_parameters_come_in_the_order_of_the_text_with_their_kind() -> None:
    cell = parse("a = tanh(P @ x + q)\ns = a * s_prev + R @ s_prev")
    assert [(p.name, p.columns, p.group) for p in cell.parameters] == [
        ("P", "input", "W"),
        ("q", None, "b"),
        ("R", "hidden", "U"),
    ]


def test_a_vector_that_multiplies_acts_as_a_u_does_and_one_that_is_added_is_a_bias() -> None:
    cell = parse("s = tanh(W @ x + u * s_prev + (1 + e) * s_prev - b) + 0.5 * (k * s_prev)")
    assert {p.name: p.group for p in cell.parameters} == {"W": "W", "u": "U", "e": "b", "b": "b", "k": "U"}


def test_a_cell_reads_the_same_however_it_is_spaced() -> None:
    one, two = parse(GOOD), parse("s=tanh( W@x+U@s_prev\n + b )   # the state")
    assert list(one.nodes.values()) == list(two.nodes.values())


def test_windows_line_ends_and_tabs_are_read() -> None:
    cell = parse("a\t= tanh(W @ x)\r\ns = a + s_prev\r\n")
    assert cell.names == ("a", "s")


def test_a_deep_cell_that_is_accepted_runs_all_the_way() -> None:
    """What the parser lets through, nothing after it may choke on."""
    deep = "s = " + "tanh(" * 23 + "W @ x + U @ s_prev" + ")" * 23
    wide = "s = " + " + ".join(f"tanh(W{i} @ x + U{i} @ s_prev)" for i in range(25))
    long = "s = " + "s_prev*" * 40 + "s_prev + W @ x"
    for source in (deep, wide, long):
        trace = compute(make_recipe({"cell": source, "hidden": 2}))
        assert trace["s"].shape == (8, 1, 2)
