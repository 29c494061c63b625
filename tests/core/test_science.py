"""What the literature found, found again, with fixed seeds and in seconds; bench/science has what takes minutes."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pytest

from bench.science.__main__ import EXPERIMENTS, arguments, line, listed, main, table
from bench.science.attending import by_words, diagonal, finished, held_out, looks, right, run_of
from bench.science.findings import Band, Experiment, Finding, above, below, unseen
from bench.science.memory import BIASES, copied, ordered, reach, shift_register
from bench.science.sequences import by_phase, even_excess, in_full, words
from bench.science.structure import (
    depth_of,
    excess,
    nested,
    probed,
    reber_reader,
    reber_share,
    reber_strings,
    states_of,
)
from core.data import Batch
from core.data.even_process import EVEN
from core.equations import parse
from core.unrollings import Unrollings
from tests.serving import ROOT


def outside(name: str, found: Iterable[Finding]) -> list[str]:
    """The figures of an experiment that are not as expected."""
    experiment, findings = EXPERIMENTS[name], list(found)
    assert findings
    return [line(experiment, f) for f in findings if not experiment.expected[f.figure].holds(f.value)]


# -- without any learning ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BIASES)
def test_the_forget_bias_decides_what_gradient_reaches_the_first_cue(name: str) -> None:
    """Temporal order over 100 steps: 2e-17, 1.4e-6, .08, 1.8, 4, 5 were measured elsewhere."""
    assert BIASES[name].ratio.holds(reach(ordered(BIASES[name].value, 0)))


def test_two_rectified_units_keep_parity_for_ten_thousand_steps() -> None:
    net = Unrollings(parse("s = relu(W @ x + U @ s_prev + b)"), I=1, H=2, O=1, head="linear")
    ours: dict[str, list[Any]] = {
        "W": [[1.0], [1.0]],
        "U": [[1.0, -2.0], [1.0, -2.0]],
        "b": [0.0, -1.0],
        "V": [[1.0, -2.0]],
        "d": [0.0],
    }
    for name, value in ours.items():
        net.params[name][:] = value
    batch = unseen("parity", 3, 10_000)
    assert np.array_equal(net.predictions(batch), batch.target)


def test_a_shift_register_copies_without_learning() -> None:
    """An orthogonal linear network: symbols move one place a step round a ring of 8 (T + 10) units."""
    net = shift_register(100)
    assert np.abs(net.params["U"] @ net.params["U"].T - np.eye(880)).max() == 0
    assert copied(net, 100, seed=0) == 1.0


def test_one_rectified_unit_counts_to_a_thousand() -> None:
    """p = relu(p + a - b) is what is still owed; the other units say which symbol came last."""
    net = Unrollings(parse("s = relu(W @ x + U @ s_prev)"), I=3, H=4, O=3, head="softmax")
    net.params["W"][:] = [[0.0, 1.0, -1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    net.params["U"][0, 0] = 1.0
    # $ once nothing is owed, but for the a that must follow the first $; b while something is; a not after b.
    net.params["V"][:] = [[-1.0, 0.0, 0.0, 0.0], [0.0, 9.0, 0.0, -2000.0], [0.0, -9.0, 0.0, 0.0]]
    net.params["d"][0] = 0.5
    for n in (1, 2, 999, 1000):
        symbols = np.array([0, *[1] * n, *[2] * n, 0], dtype=np.intp)[:, None]
        batch = Batch(np.eye(3)[symbols[:-1]], symbols[1:], np.ones((2 * n + 1, 1)))
        scores = net.predictions(batch)[:, 0]
        answers = scores.argmax(1)
        assert (scores[1 : n + 1, 1:].min(1) > scores[1 : n + 1, 0]).all(), "after an a both a and b may come"
        assert np.array_equal(answers[[0, *range(n + 1, 2 * n + 1)]], batch.target[[0, *range(n + 1, 2 * n + 1)], 0])


# -- learnt in seconds --------------------------------------------------------------------------------------------


def test_words_begin_where_a_letter_surprises() -> None:
    """Elman 1990: a tanh network of 20 units comes within .02 nats of the Bayes filter, and of its surprise."""
    assert not outside("words", words([0]))


def test_eight_units_beat_every_window_up_to_twelve_on_the_even_process() -> None:
    excess = even_excess(0, unseen("even-process", 20, 5000))
    assert -0.0002 < excess < EVEN.window_entropy(12) / np.log(2) - 2 / 3


def test_full_gradients_learn_the_phase_of_elmans_exclusive_or() -> None:
    exclusive, *free = by_phase(in_full(0), 0)
    assert exclusive < 0.01
    assert np.abs(np.array(free) - 0.25).max() < 0.01


def test_an_lstm_learns_every_legal_set_of_the_embedded_reber_grammar() -> None:
    net = reber_reader(0)
    assert reber_share(net, reber_strings(5, 1000)) == (1.0, 1.0)
    assert net.loss(unseen("reber", 2000, 60)) > 0.4411 - 0.003


def test_an_lstm_carries_the_depth_of_parentheses() -> None:
    """The floor is the entropy of the Bayes filter; a linear probe reads the depth from the states."""
    net, batch = nested(0), unseen("parentheses", 20, 500)
    assert -0.001 < excess(net, batch) < 0.01
    assert probed(states_of(net, batch), depth_of(batch)) > 0.98


def test_attention_learns_to_look_along_the_anti_diagonal() -> None:
    """Reversal of six symbols: attention that sees nothing but symbols must look where each of them stands."""
    net, batch = by_words(0, length=6, updates=500), held_out(length=6)
    assert min(right(net, batch)) > 0.99
    weights = looks(net, batch)
    assert diagonal(weights) > 0.99
    assert np.abs(weights.sum(2) - 1).max() < 1e-6


def test_without_attention_one_state_cannot_carry_as_much_as_soon() -> None:
    net = finished(run_of(0, length=6, updates=500, topology="encoder-decoder"))
    assert right(net, held_out(length=6))[1] < 0.9


def test_the_best_constant_of_the_adding_problem_costs_a_sixth() -> None:
    batch = unseen("adding", 2000, 100)
    assert abs(((batch.target[-1] - 1) ** 2).mean() - 1 / 6) < 0.013


# -- the table of experiments -----------------------------------------------------------------------------------


def experiment(**expected: Band) -> Experiment:
    return Experiment("name", "Title", "Source", "settings", expected, lambda _seeds: iter(()))


def test_a_figure_is_right_if_enough_of_its_values_are() -> None:
    e = experiment(most=below(1.0, 0.6), all=above(2.0), one=Band(3.0, 3.0))
    found = [Finding("most", v, i) for i, v in enumerate((0.0, 1.0, 5.0))]
    found += [Finding("all", v, i) for i, v in enumerate((2.0, 1.9))] + [Finding("one", 3.0)]
    assert e.right(found) == {"most": True, "all": False, "one": True}
    assert e.right(found[:1] + found[2:3] * 2)["most"] is False
    assert "OUTSIDE" in line(e, found[2])
    assert "OUTSIDE" not in line(e, found[1])
    rows = table(e, found).splitlines()
    assert "| all | at least 2 | 2 1.9 | **no** |" in rows
    assert "| most | at most 1 in 60% of the seeds | 0 1 5 | yes |" in rows


def test_what_is_not_a_number_lies_in_no_band() -> None:
    assert not any(band.holds(np.nan) for band in (below(1.0), above(1.0), Band(0.0, 1.0)))


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_says_its_settings_and_what_is_expected(name: str) -> None:
    e = EXPERIMENTS[name]
    text = listed(e)
    assert all(part in text for part in (e.name, e.title, e.source, e.settings, *e.expected))
    assert len(set(e.seeds)) == len(e.seeds) >= 3
    assert all(band.low <= band.high for band in e.expected.values())
    assert arguments([name, "--seeds", "4"]).names == [name]
    assert f"`{name}`" in (ROOT / "bench" / "README.md").read_text()
    assert f"`python -m bench.science {name}`" in (ROOT / "docs" / "science.md").read_text()


@pytest.mark.parametrize(("value", "code"), [(1.0, 0), (3.0, 1)])
def test_the_command_prints_figures_as_they_come_and_fails_with_them(
    value: float, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(seeds: Sequence[int]) -> Iterator[Finding]:
        yield from (Finding("figure", value + seed / 10, seed, "a note") for seed in seeds)

    only = Experiment("only", "Title", "Source", "settings", {"figure": Band(0.5, 2.0)}, run)
    monkeypatch.setattr("bench.science.__main__.EXPERIMENTS", {"only": only})
    assert main(["only", "--seeds", "4,5", "--markdown"]) == code
    told = capsys.readouterr().out
    assert f"figure, seed 4: {value + 0.4:g}  [0.5 to 2]; a note" in told
    assert f"{1 - code} of 1 figures as expected" in told
    assert "| figure | 0.5 to 2 | " in told
    assert main(["--list"]) == 0
    assert "settings; seeds 0, 1, 2" in capsys.readouterr().out


def test_the_page_of_results_has_every_figure_and_none_that_is_gone() -> None:
    page = (ROOT / "docs" / "science.md").read_text()
    told = set(re.findall(r"^\| (.+?) \| .+? \| .+? \| (?:yes|\*\*no\*\*) \|$", page, re.MULTILINE))
    assert told == {figure for e in EXPERIMENTS.values() for figure in e.expected}
