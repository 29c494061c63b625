"""Every collection: that it is what it declares, that its parts are apart, that learning from it helps."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from core.data import COLLECTIONS, Batch, Collection
from core.data.collection import KINDS, PARTS, RELATIONS, Rows, constant_loss, padded
from tests.core.teaching import held_out_loss, taught
from tests.serving import ROOT

ALL = pytest.mark.parametrize("collection", COLLECTIONS.values(), ids=lambda c: c.id)
FINITE = [c for c in COLLECTIONS.values() if not c.stream]


def rng_of(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_importing_the_tables_reads_no_excerpt() -> None:
    code = (
        "import core.options, core.data.excerpt as e, core.data.collection as c; "
        "print(e.read.cache_info().misses, e.notice.cache_info().misses, c._loaded.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "0", "0"]


def test_the_collections_are_these() -> None:
    assert " ".join(COLLECTIONS) == (
        "sentiment names moby-characters moby-words ecg-208 ecg-100 spoken-digits voices trigger account sp500 "
        "digit-rows digit-pixels pen-digits moving-digits dates german-numbers french-numbers shapes emoji"
    )


@ALL
def test_what_is_declared_is_what_is_loaded(collection: Collection) -> None:
    task = collection.task()
    assert (len(task.inputs), len(task.outputs)) == collection.sizes
    assert collection.kind in KINDS
    assert collection.relation in RELATIONS
    assert task.stream == collection.stream == collection.shelf.train.stream
    assert (collection.excerpt != "") == (collection.real or collection.id in ("moving-digits", "trigger"))
    assert all((collection.title, collection.description, collection.licence, collection.origin, collection.split))


@ALL
def test_a_batch_has_the_shapes_of_its_task(collection: Collection) -> None:
    T, (I, O) = collection.length, collection.sizes
    x, target, mask = collection.task().batch(rng_of(0), 5, T)
    assert x.shape == (T, 5, I)
    assert target.shape == ((T, 5) if collection.head == "softmax" else (T, 5, O))
    assert mask.shape == (T, 5)
    assert mask.any(0).all()
    assert np.isfinite(x).all()
    assert np.isfinite(target).all()
    assert collection.head != "softmax" or (target.min() >= 0 and target.max() < O)
    assert collection.relation != "last" or (mask.sum(0) == 1).all()


@ALL
def test_the_same_seed_gives_the_same_batch(collection: Collection) -> None:
    more, T = collection.task().more, collection.length
    one, two, three = (more(rng_of(seed), 4, T, ())[0] for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert np.array_equal(one.x, three.x) == collection.stream


@ALL
def test_an_example_is_the_same_each_time_and_counted_round(collection: Collection) -> None:
    one, two = collection.sample(1), collection.sample(1 + 2 * collection.count())
    assert all(np.array_equal(a, b) for a, b in zip(one.batch, two.batch, strict=True))
    assert one.look.title == two.look.title
    assert one.batch.x.shape[1:] == (1, collection.sizes[0])
    assert 0 < len(one.look.time) <= len(one.batch.x)
    assert collection.relation == "pairs" or len(one.look.time) == len(one.batch.x)


@ALL
def test_its_picture_is_of_the_kind_declared_and_of_finite_numbers(collection: Collection) -> None:
    picture = collection.sample(0).look.picture
    assert picture.kind == collection.kind
    assert bool(picture.arrays) == (collection.kind not in ("text", "pairs"))
    assert all(np.isfinite(a.data).all() and a.data.size for a in picture.arrays.values())


@ALL
def test_the_held_out_batches_hold_every_example_once(collection: Collection) -> None:
    batches = list(collection.held_out(64))
    assert sum(b.x.shape[1] for b in batches) == collection.count()
    first = collection.sample(0).batch
    T = len(first.x)
    assert np.array_equal(batches[0].x[:T, 0], first.x[:, 0])
    assert not batches[0].x[T:, 0].any()
    assert not batches[0].mask[T:, 0].any()


@pytest.mark.parametrize("collection", FINITE, ids=lambda c: c.id)
def test_no_sequence_is_in_both_parts(collection: Collection) -> None:
    shelf = collection.shelf
    seen = [{shelf.part(name).rows(i).x.tobytes() for i in range(collection.count(name))} for name in PARTS]
    if collection.id == "emoji":  # three emoji have one picture under two names
        assert len(seen[0] & seen[1]) == 3
    else:
        assert not seen[0] & seen[1]


@ALL
def test_the_baseline_is_what_the_best_constant_answer_costs(collection: Collection) -> None:
    found = collection.shelf.train
    step = max(1, len(found) // 800)
    rows = [found.rows(i) for i in range(0, len(found), step)]
    wanted = np.concatenate([r.target[r.mask > 0] for r in rows])
    if collection.head == "softmax":
        counts = np.bincount(wanted)
        lost = -np.log((counts / counts.sum())[wanted]).mean()
    elif collection.head == "linear":
        lost = ((wanted - wanted.mean(0)) ** 2).sum(1).mean()
    else:
        share = wanted.mean(0)
        lost = -np.where(wanted > 0, np.log(share), np.log(1 - share)).sum(1).mean()
    assert abs(lost / collection.task().baseline.value(1) - 1) < (0.03 if step > 1 else 1e-9)


def test_a_stream_read_in_parts_is_the_stream_read_at_once() -> None:
    more = COLLECTIONS["ecg-208"].task().more
    whole, _ = more(rng_of(0), 3, 30, ())
    one, carry = more(rng_of(0), 3, 11, ())
    two, _ = more(rng_of(0), 3, 19, carry)
    joined = (np.concatenate(pair) for pair in zip(one, two, strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(joined, whole, strict=True))
    assert np.array_equal(two.x[0], one.target[-1])


def test_a_sequence_cut_short_is_asked_at_the_last_step_left() -> None:
    rows = [Rows(np.ones((n, 2)), np.full(n, n), np.eye(n)[n - 1]) for n in (3, 5, 9)]
    batch = padded(rows, 5)
    assert np.array_equal(batch.mask.argmax(0), [2, 4, 4])
    assert np.array_equal(batch.mask.sum(0), [1, 1, 1])
    assert np.array_equal(batch.target[[2, 4, 4], [0, 1, 2]], [3, 5, 9])
    assert np.array_equal(batch.x[:, :, 0].sum(0), [3, 5, 5])


# -- learning helps: share of the loss of the best constant answer that is left on what was held out ---------------

PAIRS: dict[str, Any] = {"cell": "gru", "hidden": 24, "topology": "attention"}
RUNS: dict[str, tuple[dict[str, Any], int, float, float]] = {
    "sentiment": ({"cell": "gru", "hidden": 16}, 250, 0.01, 0.95),
    "names": ({"cell": "gru", "hidden": 32}, 300, 0.01, 0.82),
    "moby-characters": ({"cell": "gru", "hidden": 48}, 150, 0.01, 0.85),
    "moby-words": ({"cell": "gru", "hidden": 32}, 300, 0.02, 0.97),
    "ecg-208": ({"cell": "gru", "hidden": 12}, 200, 0.01, 0.1),
    "ecg-100": ({"cell": "gru", "hidden": 12}, 200, 0.01, 0.25),
    "spoken-digits": ({"cell": "gru", "hidden": 32}, 200, 0.01, 0.15),
    "voices": ({"cell": "gru", "hidden": 48}, 150, 0.005, 0.35),
    "trigger": ({"cell": "gru", "hidden": 16}, 150, 0.01, 0.9),
    "account": ({"cell": "gru", "hidden": 16}, 300, 0.01, 0.3),
    "sp500": ({"cell": "gru", "hidden": 8}, 150, 0.005, 0.98),
    "digit-rows": ({"cell": "gru", "hidden": 32}, 250, 0.01, 0.15),
    "digit-pixels": ({"cell": "gru", "hidden": 32}, 250, 0.01, 0.9),
    "pen-digits": ({"cell": "gru", "hidden": 32}, 250, 0.01, 0.15),
    "moving-digits": ({"cell": "gru", "hidden": 32}, 200, 0.01, 0.3),
    "dates": (PAIRS, 60, 0.02, 0.6),
    "german-numbers": (PAIRS, 30, 0.02, 0.9),
    "french-numbers": (PAIRS, 30, 0.02, 0.9),
    "shapes": (PAIRS, 40, 0.02, 0.6),
    "emoji": (PAIRS, 60, 0.02, 0.9),
}


def test_every_collection_is_learnt_from() -> None:
    assert RUNS.keys() == COLLECTIONS.keys()


QUICK = ("sentiment", "ecg-208", "spoken-digits", "account", "sp500", "digit-rows", "pen-digits", "german-numbers")
SLOW = [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in RUNS]


@pytest.mark.parametrize("name", SLOW)
def test_a_short_training_run_beats_the_best_constant_answer(name: str) -> None:
    collection, (recipe, updates, rate, share) = COLLECTIONS[name], RUNS[name]
    net = taught(collection, recipe, updates=updates, rate=rate, B=16 if collection.relation == "pairs" else 32)
    left, constant = held_out_loss(net, collection), constant_loss(collection, "test")
    assert left < share * constant, f"{left:.4f} is {left / constant:.3f} of {constant:.4f}"
    assert isinstance(net.predictions(next(collection.held_out(2))), np.ndarray)
    assert isinstance(next(collection.held_out(2)), Batch)
