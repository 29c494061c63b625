"""Decoding finds what it should, and its events tell the whole tree."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from core.decode import Model, Until, beam, best, draw, greedy, log_softmax, sample
from core.errors import UnrolledError
from core.trace import Event
from tests.core.oracle import Array

Tokens = tuple[int, ...]
EOS = 3
# The example of Dive into Deep Learning, section 10.8: A, B, C and the token that ends. Other prefixes: uniform.
D2L: dict[Tokens, tuple[float, ...]] = {
    (): (0.5, 0.2, 0.2, 0.1),
    (0,): (0.1, 0.4, 0.3, 0.2),
    (0, 1): (0.2, 0.2, 0.4, 0.2),
    (0, 2): (0.1, 0.6, 0.2, 0.1),
    (0, 1, 2): (0.0, 0.2, 0.2, 0.6),
    (0, 2, 1): (0.1, 0.2, 0.1, 0.6),
}
# A tree on which a beam of two does worse than greedy search.
NOT_MONOTONE: dict[Tokens, tuple[float, ...]] = {
    (): (0.40, 0.35, 0.25),
    (0,): (0.40, 0.30, 0.30),
    (1,): (0.50, 0.49, 0.01),
    (2,): (1 / 3, 1 / 3, 1 / 3),
    (0, 0): (0.98, 0.01, 0.01),
}


def tree(table: Mapping[Tokens, tuple[float, ...]], other: tuple[float, ...]) -> Model:
    """A model that looks its probabilities up by the prefix so far."""

    def step(prefix: Tokens | None, token: int) -> tuple[Array, Tokens]:
        now = () if prefix is None else (*prefix, token)
        with np.errstate(divide="ignore"):
            return np.log(table.get(now, other)), now

    return Model(step)


def random_tree(rng: np.random.Generator, symbols: int, depth: int) -> dict[Tokens, tuple[float, ...]]:
    prefixes = itertools.chain.from_iterable(itertools.product(range(symbols), repeat=n) for n in range(depth))
    return {p: tuple(rng.dirichlet(np.full(symbols, 0.5))) for p in prefixes}


def every_sequence(
    table: Mapping[Tokens, tuple[float, ...]], other: tuple[float, ...], until: Until
) -> dict[Tokens, float]:
    """The probability of each finished sequence, by walking everything."""
    found: dict[Tokens, float] = {}
    todo: list[tuple[Tokens, float]] = [((), 1.0)]
    while todo:
        prefix, p = todo.pop()
        if prefix and (prefix[-1] == until.end or len(prefix) == until.most):
            found[prefix] = p
            continue
        todo += [((*prefix, i), p * q) for i, q in enumerate(table.get(prefix, other)) if q > 0]
    return found


def tokens(events: Any) -> Tokens:
    return tuple(best(events)["tokens"])


# -- the two tables -----------------------------------------------------------------------------------------

DIVE, HAND = tree(D2L, (0.25,) * 4), tree(NOT_MONOTONE, (0.34, 0.33, 0.33))


def test_greedy_search_finds_a_b_c_with_probability_48_in_a_thousand() -> None:
    found = best(greedy(DIVE, Until(4, EOS)))
    assert found["tokens"] == [0, 1, 2, EOS]
    assert abs(np.exp(found["total"]) - 0.048) < 1e-15


def test_a_beam_of_two_finds_a_c_b_which_greedy_search_misses() -> None:
    found = best(beam(DIVE, Until(4, EOS), 2, alpha=0.75))
    assert found["tokens"] == [0, 2, 1, EOS]
    assert abs(np.exp(found["total"]) - 0.054) < 1e-15


def test_without_length_normalisation_the_shortest_sequences_win() -> None:
    """p(A, end) = .5 * .2 and p(end) = .1 are both above the celebrated .054."""
    found = best(beam(DIVE, Until(4, EOS), 4**4))
    assert abs(np.exp(found["total"]) - 0.1) < 1e-15
    assert found["tokens"] in ([EOS], [0, EOS])


@pytest.mark.parametrize(("alpha", "score"), [(0.5, -1.459386), (0.75, -1.031941), (1.0, -0.729693)])
def test_length_normalisation_prefers_a_c_b(alpha: float, score: float) -> None:
    found = best(beam(DIVE, Until(4, EOS), 4**4, alpha=alpha))
    assert found["tokens"] == [0, 2, 1, EOS]
    assert abs(found["score"] - score) < 1e-6


@pytest.mark.parametrize(("width", "p"), [(1, 0.1568), (2, 0.0595), (3, 0.1568), (27, 0.1568)])
def test_a_wider_beam_may_find_something_worse(width: int, p: float) -> None:
    assert abs(np.exp(best(beam(HAND, Until(3), width))["total"]) - p) < 1e-4
    assert width != 1 or abs(np.exp(best(greedy(HAND, Until(3)))["total"]) - p) < 1e-4


# -- any tree -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(200))
def test_a_beam_as_wide_as_the_tree_is_exhaustive_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    symbols, depth = int(rng.integers(2, 5)), int(rng.integers(1, 5))
    end = int(rng.integers(symbols)) if rng.random() < 0.5 else None
    alpha, until = float(rng.choice([0.0, 0.5, 1.0])), Until(depth, end)
    table = random_tree(rng, symbols, depth)
    right = {s: np.log(p) / len(s) ** alpha for s, p in every_sequence(table, (), until).items()}
    *_, done = beam(tree(table, ()), until, symbols**depth, alpha=alpha)
    found = {tuple(s["tokens"]): s["score"] for s in done.data["sequences"]}
    assert found.keys() == right.keys()
    assert max(abs(found[s] - right[s]) for s in right) < 1e-12
    assert next(iter(found)) == max(right, key=lambda s: right[s])


@pytest.mark.parametrize("seed", range(40))
def test_a_beam_of_one_is_greedy_search(seed: int) -> None:
    rng = np.random.default_rng(seed)
    model = tree(random_tree(rng, 4, 5), ())
    assert tokens(beam(model, Until(5, 2), 1)) == tokens(greedy(model, Until(5, 2)))


# -- the events ---------------------------------------------------------------------------------------------

SEARCHES: dict[str, Callable[[Model, Until], Any]] = {
    "greedy": greedy,
    "sample": lambda m, u: sample(m, u, np.random.default_rng(0), temperature=2.0, top=3),
    "beam of one": lambda m, u: beam(m, u, 1),
    "beam of three": lambda m, u: beam(m, u, 3, alpha=0.5),
    "beam of all": lambda m, u: beam(m, u, 10**4),
}


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("seed", range(5))
def test_events_cover_the_whole_tree(search: str, seed: int) -> None:
    table = random_tree(np.random.default_rng(seed), 4, 4)
    found: list[Event] = list(SEARCHES[search](tree(table, ()), Until(4, EOS)))
    assert [e.number for e in found] == list(range(len(found)))
    assert (found[0].kind, found[-1].kind) == ("start", "done")
    fates: dict[int, list[str]] = {}
    prefixes: dict[int, Tokens] = {0: ()}
    for event in found[1:-1]:
        node, parent = event.data["node"], event.data["parent"]
        if event.kind == "expanded":
            assert fates.get(node, ["kept"])[-1] == "kept"
            assert np.allclose(np.exp(event.arrays["log_probs"]), table[prefixes[node]])
            continue
        prefixes[node] = (*prefixes[parent], event.data["token"])
        fates.setdefault(node, []).append(event.kind)
        assert abs(event.data["log_probability"] - np.log(table[prefixes[parent]][event.data["token"]])) < 1e-12
    expanded = [e.data["node"] for e in found if e.kind == "expanded"]
    assert expanded == sorted(set(expanded), key=expanded.index), "a prefix is expanded once"
    assert len(fates) == 4 * len(expanded), "every child of every expanded prefix has a fate"
    assert set(map(tuple, fates.values())) <= {("kept",), ("pruned",), ("finished",), ("finished", "pruned")}
    stayed = {n for n, f in fates.items() if f == ["finished"]}
    assert stayed == {s["node"] for s in found[-1].data["sequences"]}
    assert all(prefixes[s["node"]] == tuple(s["tokens"]) for s in found[-1].data["sequences"])


def test_a_finished_sequence_holds_a_place_in_the_beam_until_better_ones_push_it_out() -> None:
    """With alpha = 1 a long sequence may overtake a finished short one: it is finished first and pruned later."""
    model = tree({(): (0.6, 0.4, 0.0), (0,): (0.5, 0.0, 0.5)}, (1.0, 0.0, 0.0))
    for width, fates in ((1, ["pruned"]), (2, ["finished", "pruned"])):
        found = list(beam(model, Until(3, 1), width, alpha=1.0))
        short = [e for e in found if e.data.get("parent") == 0 and e.data["token"] == 1]
        assert [e.kind for e in short] == fates
        assert found[-1].data["sequences"][0]["tokens"] == [0, 0, 0]
    plain = list(beam(model, Until(3, 1), 2))[-1].data["sequences"]
    assert [s["tokens"] for s in plain] == [[1], [0, 0, 0]]


def test_the_impossible_is_never_kept() -> None:
    found = list(beam(tree({(): (1.0, 0.0)}, (1.0, 0.0)), Until(3), 8))
    assert [s["tokens"] for s in found[-1].data["sequences"]] == [[0, 0, 0]]


# -- sampling -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("temperature", "top"), [(1.0, None), (0.5, None), (3.0, 2), (1.0, 1)])
def test_draws_follow_the_tempered_probabilities_of_the_likeliest(temperature: float, top: int | None) -> None:
    p = np.array([0.1, 0.4, 0.3, 0.2])
    rng = np.random.default_rng(1)
    counts = np.bincount([draw(np.log(p), rng, temperature, top) for _ in range(20_000)], minlength=4) / 20_000
    right = np.where(p >= np.sort(p)[::-1][: top or 4][-1], p ** (1 / temperature), 0)
    assert np.abs(counts - right / right.sum()).max() < 0.012


def test_a_low_temperature_is_greedy_search_and_the_same_seed_the_same_text() -> None:
    model = tree(random_tree(np.random.default_rng(3), 4, 6), ())
    cold = sample(model, Until(6), np.random.default_rng(0), temperature=1e-9)
    assert tokens(cold) == tokens(greedy(model, Until(6)))
    one, two = (tokens(sample(model, Until(6), np.random.default_rng(5))) for _ in range(2))
    assert one == two


def test_an_impossible_token_is_never_drawn() -> None:
    rng = np.random.default_rng(0)
    with np.errstate(divide="ignore"):
        log_probs = np.log([0.0, 1.0, 0.0])
    assert {draw(log_probs, rng, temperature) for temperature in (0.1, 1.0, 1e9) for _ in range(200)} == {1}


def test_log_probabilities_of_huge_logits_are_right() -> None:
    assert np.array_equal(log_softmax(np.array([1e4, 0.0, 1e4])), [-np.log(2), -1e4 - np.log(2), -np.log(2)])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: sample(DIVE, Until(2), np.random.default_rng(0), temperature=0.0),
        lambda: sample(DIVE, Until(2), np.random.default_rng(0), temperature=float("nan")),
        lambda: sample(DIVE, Until(2), np.random.default_rng(0), top=0),
        lambda: beam(DIVE, Until(2), 0),
        lambda: list(greedy(DIVE, Until(0))),
        lambda: list(greedy(Model(lambda _s, _t: (np.full(3, np.nan), None)), Until(2))),
    ],
)
def test_what_cannot_be_decoded_is_refused_in_a_sentence(wrong: Callable[[], object]) -> None:
    with pytest.raises(UnrolledError):
        wrong()
