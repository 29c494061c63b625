"""Train the models that are shipped, all again from nothing or some by name: `python -m tools.models [names ...]`.

Writes core/models/<name>.safetensors and its card, core/models/<name>.json. `--times` only says how long each would
train, judged by a few of its updates.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from typing import Any

from core import ENGINE
from core.brought import from_file, to_file
from core.data import COLLECTIONS, Collection
from core.models.cards import FOLDER, Figure
from core.options import make_options
from core.recipe import Recipe, make_recipe
from core.train import Training, learner
from core.unrollings import Learner
from tools.models.baselines import BASELINES
from tools.models.measures import MEASURES, Predict, cases
from tools.models.plans import PLANS, Plan

WORKERS = 2


def figures(plan: Plan, predict: Predict, by: str = "the model") -> list[Figure]:
    """Every measure of a plan, on what was held out."""
    found = list(cases(COLLECTIONS[plan.recipe["data"]], predict))
    return [MEASURES[name](found, by) for name in plan.measures]


def trained(plan: Plan) -> tuple[Recipe, bytes]:
    """A plan's recipe and the safetensors file of its weights, learnt from nothing."""
    recipe = make_recipe(plan.recipe)
    run = Training(recipe, make_options(plan.options))
    for event in run.events():
        if event.kind == "step":
            progress(plan, event.data["update"], event.data["loss"])
    if run.failed:
        raise SystemExit(f"{plan.id} diverged after {run.update} updates")
    return recipe, to_file(recipe, run.net.params, {"title": plan.title}, "F32")


def progress(plan: Plan, update: int, loss: float) -> None:
    """A line at each tenth of the way."""
    updates = plan.options["updates"]
    if update * 10 // updates > (update - 1) * 10 // updates:
        sys.stdout.write(f"    {plan.id} {100 * update // updates} %, loss {loss:.4f}\n")
        sys.stdout.flush()


def again(recipe: Recipe, file: bytes, collection: Collection) -> Learner:
    """The network of a file, in float64: what is measured is what is shipped."""
    net = learner(recipe, collection.task())
    for name, weights in from_file(file).params.items():
        net.params[name][...] = weights
    return net


def made(name: str) -> tuple[str, dict[str, Any], float]:
    """Train, measure and write one model: its name, its card, and the processor time that it took."""
    plan, begun = PLANS[name], time.process_time()
    collection = COLLECTIONS[plan.recipe["data"]]
    recipe, file = trained(plan)
    net = again(recipe, file, collection)
    beaten = [f for b in plan.baselines for f in figures(plan, BASELINES[b](collection, plan), b)]
    card = {
        **{n: getattr(plan, n) for n in ("id", "title", "description", "weakness")},
        "recipe": dict(recipe.values),
        "options": dict(make_options(plan.options).values),
        "head": collection.head,
        "engine": ENGINE,
        "parameters": sum(p.size for p in net.params.values()),
        "figures": [rounded(f) for f in figures(plan, net.predictions)],
        "baselines": [rounded(f) for f in beaten],
        "sha256": hashlib.sha256(file).hexdigest(),
        "bytes": len(file),
    }
    (FOLDER / f"{name}.safetensors").write_bytes(file)
    (FOLDER / f"{name}.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n")
    return name, card, time.process_time() - begun


def rounded(figure: Figure) -> dict[str, Any]:
    """A figure as it stands in a card: six digits are more than it means."""
    return {n: round(v, 6) if isinstance(v, float) else v for n, v in asdict(figure).items()}


def told(card: dict[str, Any]) -> str:
    """The figures of a card in a line."""
    first = card["figures"][0]["name"]
    model = ", ".join(f"{f['name']} {f['value']:.4f} ({f['low']:.4f} to {f['high']:.4f})" for f in card["figures"])
    beaten = ", ".join(f"{f['by']} {f['value']:.4f}" for f in card["baselines"] if f["name"] == first)
    return f"{model}; {first} of {beaten}"


def expected(name: str, updates: int = 6) -> float:
    """The processor time that training will take, judged by a few updates after the first."""
    plan = PLANS[name]
    run = Training(make_recipe(plan.recipe), make_options(plan.options))
    events = run.events()
    for _ in range(3):
        next(events)
    begun = time.process_time()
    for _ in range(updates):
        next(events)
    return (time.process_time() - begun) / updates * float(plan.options["updates"])


def times(names: Iterable[str]) -> int:
    """Tell how long each would train, and all together."""
    found = {name: expected(name) for name in names}
    for name, seconds in found.items():
        sys.stdout.write(f"{name}: {seconds:.0f} s\n")
    sys.stdout.write(f"together {sum(found.values()) / 60:.1f} minutes of one core\n")
    return 0


def main(words: Sequence[str]) -> int:
    """Train the models named, or all, two at a time, the slowest first; `--times` only says how long it would take."""
    names = [w for w in words if w != "--times"]
    chosen = names or sorted(PLANS, key=lambda n: -PLANS[n].options["updates"] * PLANS[n].recipe["hidden"])
    if "--times" in words:
        return times(chosen)
    with ProcessPoolExecutor(WORKERS) as pool:
        for number, done in enumerate(as_completed([pool.submit(made, name) for name in chosen]), 1):
            name, card, seconds = done.result()
            sys.stdout.write(f"{number}/{len(chosen)} {name} in {seconds:.0f} s: {told(card)}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
