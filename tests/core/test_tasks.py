"""The generated tasks: what they are, what the best answer costs, and numbers that others have published."""

import numpy as np
import pytest

from core.data import DATASETS, TASKS, Batch, Carry
from core.data.automaton import Automaton, spelled
from core.data.counting import COUNTING, counting
from core.data.even_process import EVEN
from core.data.letters import SENTENCE, WORDS
from core.data.parentheses import NESTED
from core.data.reber import REBER
from core.data.temporal_xor import XOR
from tests.core.oracle import Array


def rng_of(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def surprise(found: Array, batch: Batch) -> Array:
    """-log of the chance given to each target: (T, B)."""
    return np.asarray(-np.log(np.take_along_axis(found, batch.target[:, :, None], 2)[:, :, 0]))


def mean_loss(name: str, found: Array, batch: Batch) -> float:
    """The masked mean loss of predictions (T, B, O) as the task's head counts it."""
    head = TASKS[name].head
    if head == "softmax":
        lost = surprise(found, batch)
    elif head == "linear":
        lost = ((found - batch.target) ** 2).sum(2)
    else:
        lost = -np.log(np.where(batch.target > 0, found, 1 - found)).sum(2)
    return float((lost * batch.mask).sum() / batch.mask.sum())


@pytest.mark.parametrize("name", TASKS)
def test_a_batch_has_the_shapes_that_the_task_declares(name: str) -> None:
    task = TASKS[name]
    for T in (task.shortest, task.length):
        x, target, mask = task.batch(rng_of(), 3, T)
        assert x.shape == (T, 3, len(task.inputs))
        assert target.shape == ((T, 3) if task.head == "softmax" else (T, 3, len(task.outputs)))
        assert mask.shape == (T, 3)
        assert mask.any(0).all()
        assert task.head != "softmax" or target.max() < len(task.outputs)
    assert (task.origin, task.real) == ("generated", False)


@pytest.mark.parametrize("name", TASKS)
def test_the_same_seed_gives_the_same_batch_and_another_seed_another(name: str) -> None:
    one, two, three = (TASKS[name].batch(rng_of(seed), 8, 30) for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not np.array_equal(one.x, three.x)


@pytest.mark.parametrize("name", [n for n, t in TASKS.items() if t.shortest > 1])
def test_a_length_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="needs at least"):
        TASKS[name].batch(rng_of(), 1, TASKS[name].shortest - 1)


@pytest.mark.parametrize("name", TASKS)
def test_the_baseline_is_what_the_best_constant_answer_costs(name: str) -> None:
    task = TASKS[name]
    T = task.length
    batch = task.batch(rng_of(3), 4000, T)
    if task.head == "softmax":
        counted = np.eye(len(task.outputs))[batch.target] * batch.mask[:, :, None]
        # Of the copy task the blanks are known by the time; all else ignores it.
        share = counted.sum(1, keepdims=True) if name == "copy" else counted.sum((0, 1), keepdims=True)
        found = np.broadcast_to(share / share.sum(2, keepdims=True), counted.shape)
    else:
        middle = (batch.target * batch.mask[:, :, None]).sum((0, 1)) / batch.mask.sum()
        found = np.broadcast_to(middle, batch.target.shape)
    assert abs(mean_loss(name, found, batch) / task.baseline.value(T) - 1) < 0.04


@pytest.mark.parametrize("name", [n for n, t in TASKS.items() if t.optimum])
def test_the_optimum_beats_the_baseline_and_is_a_distribution(name: str) -> None:
    task = TASKS[name]
    assert task.optimum is not None
    batch = task.batch(rng_of(4), 300, task.length)
    found = task.optimum(batch)
    assert ((found >= 0) & (found <= 1 + 1e-12)).all()
    if task.head == "softmax":
        assert np.abs(found.sum(2) - 1)[batch.mask > 0].max() < 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        assert mean_loss(name, np.clip(found, 1e-300, 1 - 1e-16), batch) < task.baseline.value(task.length) - 0.05


@pytest.mark.parametrize("name", [n for n, t in TASKS.items() if t.stream])
def test_a_stream_goes_on_where_it_ended(name: str) -> None:
    more, rng = TASKS[name].more, rng_of(5)
    one, carry = more(rng, 3, 7, ())
    two, _ = more(rng, 3, 5, carry)
    assert carry
    if TASKS[name].head == "softmax":
        assert np.array_equal(two.x[0].argmax(1), one.target[-1])
    else:
        assert np.array_equal(two.x[0], one.target[-1])


@pytest.mark.parametrize("name", [n for n, t in TASKS.items() if t.stream])
def test_a_stream_read_in_parts_is_the_stream_read_at_once(name: str) -> None:
    more, rng = TASKS[name].more, rng_of(18)
    carry: Carry = ()
    parts: list[Batch] = []
    whole, _ = more(rng_of(18), 3, 30, carry)
    for T in (1, 7, 22):
        part, carry = more(rng, 3, T, carry)
        parts.append(part)
    assert all(np.array_equal(np.concatenate(a), b) for a, b in zip(zip(*parts, strict=True), whole, strict=True))


@pytest.mark.parametrize("name", [n for n, t in TASKS.items() if not t.stream])
def test_what_is_no_stream_carries_nothing(name: str) -> None:
    assert TASKS[name].more(rng_of(), 2, 30, ())[1] == ()


# -- each task's own facts --------------------------------------------------------------------------------------


def test_adding_marks_one_number_in_each_half_and_asks_for_their_sum() -> None:
    x, target, mask = TASKS["adding"].batch(rng_of(6), 500, 31)
    marks = x[:, :, 1]
    assert (marks[:15].sum(0) == 1).all()
    assert (marks[15:].sum(0) == 1).all()
    assert np.abs((x[:, :, 0] * marks).sum(0) - target[-1, :, 0]).max() < 1e-15
    assert (mask.sum(0) == mask[-1]).all()
    assert set(np.flatnonzero(marks.sum(1))) == set(range(31))


@pytest.mark.parametrize(("lag", "published"), [(10, 0.693147), (50, 0.297063), (100, 0.173287), (500, 0.039989)])
def test_the_copy_baseline_is_the_published_one(lag: int, published: float) -> None:
    assert abs(TASKS["copy"].baseline.value(lag + 20) - published) < 1e-6


def test_copy_asks_for_the_first_ten_symbols_after_the_sign() -> None:
    x, target, _ = TASKS["copy"].batch(rng_of(7), 5, 40)
    shown = x.argmax(2)
    assert np.array_equal(target[-10:], shown[:10])
    assert (shown[10:29] == 8).all()
    assert (shown[29] == 9).all()
    assert (target[:-10] == 8).all()


def test_the_cues_of_temporal_order_stand_in_the_second_and_the_sixth_tenth() -> None:
    x, target, _ = TASKS["temporal-order"].batch(rng_of(8), 2000, 100)
    shown = x.argmax(2)
    cues = shown < 2
    assert (cues.sum(0) == 2).all()
    assert set(np.flatnonzero(cues.any(1))) == {*range(10, 20), *range(50, 60)}
    order = shown.T[cues.T].reshape(-1, 2)
    assert np.array_equal(2 * order[:, 0] + order[:, 1], target[-1])
    assert np.abs(np.bincount(target[-1]) / 2000 - 0.25).max() < 0.03


def test_parity_is_odd_after_each_one() -> None:
    x, target, _ = TASKS["parity"].batch(rng_of(9), 4, 50)
    assert np.array_equal(target[0], x[0])
    assert np.array_equal(target[1:] != target[:-1], x[1:] == 1)


def test_every_third_bit_of_the_stream_is_the_exclusive_or_of_the_two_before() -> None:
    x, _ = TASKS["temporal-xor"].more(rng_of(10), 4, 300, ())
    bits = x.x[:, :, 0].astype(int)
    assert np.array_equal(bits[2::3], bits[0::3] ^ bits[1::3])
    task = TASKS["temporal-xor"]
    assert task.optimum is not None
    errors = ((task.optimum(x) - x.target) ** 2)[:, :, 0].mean(1)
    assert np.abs(errors[1::3]).max() == 0
    assert np.abs(errors[0::3] - 0.25).max() < 1e-15


def test_a_reader_without_the_phase_reaches_five_eighteenths_and_a_ninth() -> None:
    """The best guess from the last two bits: the exclusive or weighs one third."""
    bits = TASKS["temporal-xor"].batch(rng_of(11), 200, 3000).x[:, :, 0]
    guess = (np.abs(bits[:-2] - bits[1:-1]) + 0.5 + 0.5) / 3
    errors = ((guess - bits[2:]) ** 2).mean(1)
    assert np.abs([errors[i::3].mean() for i in range(3)] - np.array([1 / 9, 5 / 18, 5 / 18])).max() < 0.002
    assert abs(XOR.window_entropy(0) - np.log(2)) < 1e-12


def test_embedded_reber_has_its_published_lengths_and_entropy() -> None:
    assert abs(REBER.mean_length - 12) < 1e-12
    assert abs(REBER.nats_per_string - 7 * np.log(2)) < 1e-12
    lengths = (REBER.strings(rng_of(12), 20000, 80) >= 0).sum(0)
    assert abs((lengths == 9).mean() - 0.25) < 0.01
    assert abs(lengths.mean() - 12) < 0.1


def test_the_legal_symbols_of_a_reber_string_are_those_of_the_automaton() -> None:
    legal = REBER.legal(spelled(REBER, ["BTBPVVETE", "BPBTXSEPE"]))
    names = [["".join(np.array(REBER.symbols)[row]) for row in legal[:, b]] for b in range(2)]
    assert names[0] == ["TP", "B", "TP", "TV", "PV", "E", "T", "E", ""]
    assert names[1] == ["TP", "B", "TP", "SX", "SX", "E", "P", "E", ""]


def test_the_bayes_filter_of_reber_costs_the_entropy_of_its_strings() -> None:
    batch = TASKS["reber"].batch(rng_of(13), 5000, 60)
    per_string = (surprise(np.maximum(REBER.optimum(batch), 1e-300), batch) * batch.mask).sum(0)
    assert abs(per_string.mean() - 4.852030) < 0.06


def test_the_best_windows_of_the_even_process_are_the_published_ones() -> None:
    bits = [0.918296, 0.874185, 0.792481, 0.770426, 0.729574, 0.718546, 0.698120, 0.692607, 0.682393]
    for n, published in (*enumerate(bits), (12, 0.670598)):
        assert abs(EVEN.window_entropy(n) / np.log(2) - published) < 1e-6


def test_the_bayes_filter_of_the_even_process_reaches_its_entropy_rate() -> None:
    batch = TASKS["even-process"].batch(rng_of(14), 20, 4000)
    bits = surprise(EVEN.optimum(batch), batch)[50:].mean() / np.log(2)
    assert abs(bits - 2 / 3) < 0.003


def test_the_floor_of_letters_in_words_is_the_published_one_and_onsets_carry_it() -> None:
    """20 000 letters: .6966 nats a letter, 2.315 at a word's onset, .116 inside; these from another stream."""
    symbols, states = WORDS.draw(rng_of(4321), np.zeros(1, np.intp), 20001)
    found = -np.log(np.take_along_axis(WORDS.predict(symbols[:-1]), symbols[1:, :, None], 2))[:, 0, 0]
    onset = states[1:-1, 0] == WORDS.states.index("onset")
    assert abs(found.mean() - 0.6966) < 0.01
    assert abs(found[onset].mean() - 2.315) < 0.02
    assert abs(found[~onset].mean() - 0.116) < 0.01
    assert "".join(SENTENCE) == "manyyearsagoaboyandgirllivedbytheseatheyplayedhappily"


def test_the_depth_of_parentheses_is_never_negative_nor_beyond_four() -> None:
    symbols = NESTED.strings(rng_of(15), 50, 400)
    depth = np.cumsum((symbols == 0) * 1 - (symbols == 1) * 1, axis=0)
    assert (depth.min(), depth.max()) == (0, 4)
    floor = -0.25 * np.log(0.25) - 0.75 * np.log(0.75) + 0.75 * 0.75 * np.log(2)
    rate = NESTED.stationary @ [-(p[p > 0] @ np.log(p[p > 0])) for p in NESTED.speaks]
    assert abs(rate - floor) < 1e-12


def test_counting_strings_have_as_many_b_as_a_and_each_number_as_often() -> None:
    symbols = COUNTING.strings(rng_of(16), 4000, 42)
    a, b = (symbols == 1).sum(0), (symbols == 2).sum(0)
    assert np.array_equal(a, b)
    assert np.abs(np.bincount(a, minlength=21)[1:] / 4000 - 1 / 20).max() < 0.02
    assert abs(COUNTING.nats_per_string - np.log(20)) < 1e-12
    assert abs(counting(3).mean_length - 6) < 1e-12


def test_reversal_asks_for_the_last_symbol_first() -> None:
    x, target, mask = TASKS["reversal"].batch(rng_of(20), 300, 7)
    assert np.array_equal(x.argmax(2)[::-1], target)
    assert np.array_equal(np.unique(target), np.arange(10))
    assert mask.all()


def test_chances_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(ValueError, match="do not sum to one in a"):
        Automaton(("x",), (("a", "x", "a", 0.5),)).moves  # noqa: B018


# -- a visitor's text is a task like the others -----------------------------------------------------------------


def test_a_text_is_a_stream_that_goes_round() -> None:
    task = DATASETS["characters"].task("abcab")
    assert task.inputs == ("a", "b", "c")
    one, carry = task.more(rng_of(), 2, 4, ())
    two, _ = task.more(rng_of(), 2, 3, carry)
    read = np.concatenate([one.x, two.x]).argmax(2)
    assert "".join("abc"[i] for i in read[:, 0]) == "abcabab"
    assert "".join("abc"[i] for i in read[:, 1]) == "cababca"
    assert np.array_equal(one.target[-1], two.x[0].argmax(1))
    assert abs(task.baseline.value(4) - (0.2 * np.log(5) + 0.8 * np.log(2.5))) < 1e-15


def test_the_first_pass_of_a_text_reads_what_its_sample_reads() -> None:
    text = "the dog saw the other dog"
    sample, batch = DATASETS["sentence"].sample(text), DATASETS["sentence"].task(text).batch(rng_of(), 1, 5)
    assert np.array_equal(sample.x, batch.x)
    assert np.array_equal(sample.target, batch.target)


def test_counting_tells_all_of_an_anbn_string_but_its_number() -> None:
    task = TASKS["anbn"]
    batch = task.batch(rng_of(17), 2000, 41)
    assert task.optimum is not None
    per_string = (surprise(np.maximum(task.optimum(batch), 1e-300), batch) * batch.mask).sum(0)
    assert np.abs(per_string - np.log(20)).max() < 1e-12
