"""Files of weights lose no digit, and nothing hostile comes in."""

import contextlib
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import example, given
from hypothesis import strategies as st

from core.cells import CELLS
from core.errors import WeightsError
from core.tensors import MOST_BYTES, check
from core.weights import load, read, save, save_cell
from tests.core.attacks import ATTACKS, GOOD, packed
from tests.core.cases import draw
from tests.core.oracle import Array, Arrays

HERE = Path(__file__).parent.parent / "reference" / "weights"


def made(name: str) -> bytes:
    return (HERE / f"{name}.safetensors").read_bytes()


def random_params(cell: str, seed: int = 0) -> Arrays:
    return draw(cell, np.random.default_rng(seed), T=1, I=3, H=4, O=5, B=1, last=False).params


# -- our own files ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", [*CELLS, "a = tanh(W @ x + U @ a_prev + b)\nk = tanh(P @ a + Q @ k_prev + e)"])
def test_our_own_files_keep_every_bit(cell: str) -> None:
    if cell in CELLS:
        params = random_params(cell, 1)
    else:
        shapes = {"W": (4, 3), "U": (4, 4), "b": (4,), "P": (4, 4), "Q": (4, 4), "e": (4,), "V": (5, 4), "d": (5,)}
        params = {n: np.random.default_rng(1).normal(size=s) for n, s in shapes.items()}
    model = read(save_cell(cell, params))
    found = model.params()
    assert found.keys() == params.keys()
    assert all(np.array_equal(found[n], params[n]) for n in params)
    assert (model.name, model.describe()["hidden"], model.describe()["inputs"]) == (cell, 4, 3)
    assert save_cell(cell, params) == save_cell(cell, params)
    assert check(save_cell(cell, params)).start % 8 == 0, "numbers stand at multiples of their size"


@pytest.mark.parametrize(
    ("cell", "changes"),
    [
        ("lstm", {"W_f": None}),
        ("lstm", {"W_f": np.ones((4, 2))}),
        ("lstm", {"U_f": np.ones((4, 3))}),
        ("lstm", {"U_f": np.ones(4)}),
        ("lstm", {"b_f": np.ones((4, 1))}),
        ("lstm", {"b_f": np.ones(3)}),
        ("lstm", {"V": np.ones((5, 3))}),
        ("lstm", {"d": np.ones(4)}),
        ("lstm", {"d": None}),
        ("gru", {}),
        ("s = nonsense(x)", {}),
        ("", {}),
    ],
)
def test_a_file_that_is_ours_in_name_only_is_refused(cell: str, changes: dict[str, Array | None]) -> None:
    params = {n: v for n, v in {**random_params("lstm"), **changes}.items() if v is not None}
    with pytest.raises(WeightsError):
        read(save_cell(cell, params))


def test_a_run_that_diverged_is_not_written() -> None:
    with pytest.raises(WeightsError, match="W_f: a number is not finite"):
        save_cell("lstm", random_params("lstm") | {"W_f": np.full((4, 3), np.inf)})


def test_others_can_read_what_we_write() -> None:
    params = random_params("gru")
    found = safetensors.numpy.load(save_cell("gru", params))
    assert all(np.array_equal(found[n], params[n]) for n in params)


def test_transposed_weights_are_written_in_their_own_order() -> None:
    a = np.arange(6.0).reshape(2, 3).T
    assert np.array_equal(load(save({"a": a}))[0]["a"], a)


# -- what others send ---------------------------------------------------------------------------------------


def test_the_good_file_is_good() -> None:
    assert load(packed(GOOD))[0]["a"].tolist() == [[0, 1], [2, 3]]
    assert load(packed(json.dumps(GOOD) + "   "))[1] == {}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_hostile_file_is_refused_in_one_short_sentence(attack: str) -> None:
    for reader in (check, load, read) if "N" not in attack and "infinity" not in attack else (load, read):
        with pytest.raises(WeightsError) as caught:
            reader(ATTACKS[attack])
        told = str(caught.value)
        assert len(told) < 300
        assert told.isprintable()
        assert "<" not in told


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(WeightsError, match="at most"):
        check(bytes(MOST_BYTES + 1))


def survives(data: bytes) -> None:
    """Whatever it is, it is read or refused."""
    with contextlib.suppress(WeightsError):
        read(data)


@given(st.binary(max_size=200))
@example(b"")
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    survives(data)
    survives(packed(data))


SMALL = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6))
JSON: Any = st.recursive(
    SMALL, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)
PLACES = st.one_of(st.lists(st.integers(-1, 40), max_size=3), SMALL)
ENTRY = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F16", "BF16", "F32", "F64", "I8", ""]) | SMALL,
        "shape": PLACES,
        "data_offsets": PLACES,
    },
    optional={"more": JSON},
)
NAMES = st.sampled_from(
    ["a", "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "weight_ih_l1_reverse", "__metadata__", "W", "x.weight"]
)


@given(st.dictionaries(NAMES | st.text(max_size=4), ENTRY | JSON, max_size=4), st.binary(max_size=64))
def test_any_header_is_read_or_refused(header: dict[str, Any], data: bytes) -> None:
    survives(packed(header, data))


@given(st.sampled_from(["rnn-tanh", "lstm", "gru", "writer", "writer-bf16", "rnn-both-ways"]), st.data())
def test_any_damage_to_a_good_file_is_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = bytearray(made(name))
    header = 8 + struct.unpack("<Q", whole[:8])[0]
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, header - 1) | st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    survives(bytes(whole[: data.draw(st.sampled_from([len(whole), header, header - 1, len(whole) - 1]))]))
