"""The models that are shipped: their figures, their files, the same numbers by other means, and learnt again."""

import ast
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.settings import Settings
from core.brought import settled, shipped
from core.cost import check_cost
from core.data import COLLECTIONS
from core.data.collection import Examples
from core.errors import ExcerptError
from core.experiment import DEFAULT_GROUPS, compute
from core.material import ends, shown_before
from core.models import cards
from core.models.cards import FOLDER, card, file, names
from core.options import make_options
from core.recipe import make_recipe
from core.train import learner
from core.unrollings import Learner
from tests import plain_forward
from tests.serving import ROOT
from tools.models import __main__ as making
from tools.models.measures import MEASURES, accuracy, cases, counted, rise, share
from tools.models.plans import PLANS

MOST_BYTES, SOME = 12_000_000, 60
# What each must reach on what was held out, at least.
PROMISED: dict[str, tuple[str, float]] = {
    "names": ("accuracy", 0.38),
    "sentiment": ("accuracy on pairs", 0.9),
    "spoken-digits": ("accuracy", 0.97),
    "account": ("recall", 0.9),
    "digit-rows": ("accuracy", 0.97),
    "motion": ("accuracy", 0.95),
    "dates": ("exact", 0.99),
    "captions": ("exact", 0.9),
    "emoji": ("exact", 0.7),
    "moby-words": ("accuracy", 0.24),
    "moby-small": ("accuracy", 0.44),
    "moby-medium": ("accuracy", 0.5),
    "moby-large": ("accuracy", 0.55),
    "trigger": ("triggers caught", 0.8),
}


def test_the_other_side_of_a_promise_holds_too() -> None:
    assert card("account").figure("precision").value >= 0.9
    assert card("trigger").figure("false alarms a minute").high <= 1


def ready(name: str) -> Learner:
    """A shipped model as a network that can be asked."""
    recipe = make_recipe(dict(card(name).recipe))
    net = learner(recipe, COLLECTIONS[recipe["data"]].task())
    for weight, values in shipped(name).params.items():
        net.params[weight][...] = values
    return net


def test_there_is_a_model_for_each_plan_and_they_are_small() -> None:
    assert set(names()) == set(PLANS)
    assert sum(path.stat().st_size for path in FOLDER.glob("*.safetensors")) < MOST_BYTES


@pytest.mark.parametrize("name", names())
def test_a_card_says_how_its_model_was_made_and_what_it_cannot(name: str) -> None:
    found, plan = card(name), PLANS[name]
    assert found.recipe == make_recipe(plan.recipe).values
    assert found.options == make_options(plan.options).values
    assert found.head == COLLECTIONS[found.recipe["data"]].head
    assert (found.title, found.weakness) == (plan.title, plan.weakness)
    assert found.bytes == len(file(name))
    assert found.parameters == sum(p.size for p in shipped(name).params.values())
    assert [f.name for f in found.figures] == list(plan.measures)
    assert {f.by for f in found.baselines} == set(plan.baselines)
    assert all(f.low <= f.value <= f.high for f in (*found.figures, *found.baselines))


@pytest.mark.parametrize("name", names())
def test_a_model_beats_every_baseline_beyond_chance(name: str) -> None:
    first = card(name).figures[0]
    for base in (f for f in card(name).baselines if f.name == first.name):
        assert (first.high < base.low) if first.name in ("squared error", "loss") else (first.low > base.high), base


@pytest.mark.parametrize("name", PROMISED)
def test_a_model_reaches_what_is_promised(name: str) -> None:
    figure, least = PROMISED[name]
    assert card(name).figure(figure).value >= least


@pytest.mark.parametrize("name", [n for n in names() if card(n).figures[0].name == "accuracy"])
def test_the_figures_of_a_card_are_those_of_its_weights(name: str) -> None:
    collection = COLLECTIONS[card(name).recipe["data"]]
    if collection.count() > 1000 or name.startswith("moby-"):
        batch = next(collection.held_out(20))
        said, counted = ready(name).predictions(batch), batch.mask > 0
        hits = (said.argmax(2) == batch.target)[counted].mean()
        assert hits == pytest.approx(card(name).figure("accuracy").value, abs=0.06)
    else:
        found = accuracy(list(cases(collection, ready(name).predictions)))
        assert found.value == pytest.approx(card(name).figure("accuracy").value, abs=0.003)


@pytest.mark.parametrize(
    "name", [n for n in names() if card(n).figures[0].name in ("exact", "recall", "triggers caught")]
)
def test_what_is_found_and_written_is_what_the_card_says(name: str) -> None:
    collection, figure = COLLECTIONS[card(name).recipe["data"]], card(name).figures[0]
    part = Examples(SOME, collection.shelf.test.rows, collection.shelf.test.look)
    found = list(cases(replace(collection, load=lambda: replace(collection.shelf, test=part)), ready(name).predictions))
    assert MEASURES[figure.name](found, figure.by).value == pytest.approx(figure.value, abs=0.12)


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_every_figure_of_every_card_is_measured_again(name: str) -> None:
    for found, written in zip(making.figures(PLANS[name], ready(name).predictions), card(name).figures, strict=True):
        assert making.rounded(found)["value"] == pytest.approx(written.value, rel=1e-3, abs=0.006)


@pytest.mark.parametrize("name", names())
def test_plain_numpy_says_the_same_from_the_two_files_alone(name: str) -> None:
    collection = COLLECTIONS[card(name).recipe["data"]]
    batch = collection.sample(3).batch
    said = ready(name).predictions(batch)[:, 0]
    told = shown_before(batch, collection.sizes[1])[:, 0]
    read = batch.x[: ends(batch)[0], 0]
    written = json.loads((FOLDER / f"{name}.json").read_text())
    found = plain_forward.forward(file(name), written, read, told)
    counted = np.flatnonzero(batch.mask[:, 0])
    assert np.abs(found[counted] - said[counted]).max() < 1e-6


def test_the_plain_program_reads_no_code_of_the_project() -> None:
    tree = ast.parse((ROOT / "tests" / "plain_forward.py").read_text())
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert modules == {"json", "sys", "collections.abc", "pathlib", "typing", "numpy"}


def test_the_plain_program_tells_what_comes_next(capsys: pytest.CaptureFixture[str]) -> None:
    plain_forward.main(str(FOLDER / "names"), "·", "m", "a", "r")
    likeliest = [line.split()[1] for line in capsys.readouterr().out.splitlines()]
    assert {"i", "c", "t", "l", "y"} & set(likeliest[:3])


def test_a_recipe_names_a_shipped_model() -> None:
    recipe = settled(make_recipe({"model": "names", "data": "names", "example": 5}), {})
    trace = compute(recipe, ("forward", "params"))
    said = ready("names").predictions(COLLECTIONS["names"].sample(5).batch)
    assert np.abs(trace.arrays["probs"].data - said).max() < 1e-12


@pytest.mark.parametrize("name", names())
def test_a_model_can_be_shown_whole(name: str) -> None:
    recipe = settled(make_recipe({"model": name}), {})
    limits = Settings()
    check_cost(recipe, DEFAULT_GROUPS, milliseconds=limits.compute_ms, bytes=limits.response_bytes)


def test_the_filters_of_the_trigger_are_a_convolution_in_time() -> None:
    recipe = settled(make_recipe({"model": "trigger"}), {})
    arrays = compute(recipe, ("forward", "params")).arrays
    x, filters = arrays["x"].data[:, 0], [arrays[f"param/W_{lag}"].data for lag in range(4)]
    padded = np.concatenate([np.zeros((3, x.shape[1])), x])
    felt = sum(padded[3 - lag : len(padded) - lag] @ W.T for lag, W in enumerate(filters))
    assert np.abs(arrays["c"].data[:, 0] - np.maximum(felt + arrays["param/b_c"].data, 0)).max() < 1e-12


def test_the_error_rises_at_the_labelled_beat() -> None:
    assert card("ecg-regular").figure("rise at the label").value > 1.2
    found = rise(list(cases(COLLECTIONS["ecg-100"], ready("ecg-regular").predictions)))
    assert found.value == pytest.approx(card("ecg-regular").figure("rise at the label").value, rel=1e-3)


def test_the_smallest_model_is_learnt_again() -> None:
    plan = PLANS["sentiment"]
    recipe, again = making.trained(plan)
    net = making.again(recipe, again, COLLECTIONS["sentiment"])
    for figure in making.figures(plan, net.predictions):
        shipped = card("sentiment").figure(figure.name)
        assert figure.value == pytest.approx(shipped.value, abs=0.03)


def test_weights_that_were_changed_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for ending in ("json", "safetensors"):
        shutil.copy(FOLDER / f"sentiment.{ending}", tmp_path)
    monkeypatch.setattr(cards, "FOLDER", tmp_path)
    path = tmp_path / "sentiment.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(ExcerptError, match="not those of its card"):
        file("sentiment")
    with pytest.raises(KeyError):
        card("../sentiment")


def test_an_interval_is_wilsons() -> None:
    found = share("accuracy", 8, 10)
    assert (round(found.low, 4), round(found.high, 4)) == (0.4902, 0.9433)
    assert share("accuracy", 10, 10).high == 1


@pytest.mark.parametrize(("n", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39)])
def test_a_count_has_nearly_the_exact_interval_of_poisson(n: int, low: float, high: float) -> None:
    assert counted(n) == pytest.approx((low, high), rel=0.03, abs=0.02)
