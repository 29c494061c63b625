"""Every shipped model says to the engine's user what it says to PyTorch and to plain NumPy, from its two files alone.

`tests/reference/make_models.py` ran them in PyTorch (`make reference`); `tests/plain_forward.py` runs them here.
"""

import ast
import json

import numpy as np
import pytest

from core.brought import shipped
from core.data import COLLECTIONS, Batch
from core.models.cards import FOLDER, card, file, names
from core.ops import Floats
from core.recipe import make_recipe
from core.train import learner
from tests import plain_forward
from tests.serving import ROOT

CLOSE = 1e-6
KEPT = dict(np.load(ROOT / "tests" / "reference" / "models.npz"))
every_model = pytest.mark.parametrize("name", names())


def by_the_engine(name: str, x: Floats, told: Floats) -> Floats:
    """What the engine says (T, O)."""
    recipe = make_recipe(dict(card(name).recipe))
    net = learner(recipe, COLLECTIONS[recipe["data"]].task())
    for weight, values in shipped(name).params.items():
        net.params[weight][...] = values
    target = np.append(told[1:].argmax(1), 0)[:, None]
    if card(name).head != "softmax":
        target = np.zeros((len(x), 1, net.shape[2]))
    return net.predictions(Batch(x[:, None], target, np.ones((len(x), 1))))[:, 0]


@every_model
def test_pytorch_says_the_same(name: str) -> None:
    assert str(KEPT[f"{name}/sha256"]) == card(name).sha256, "run `make reference`"
    x, told, said = (KEPT[f"{name}/{n}"] for n in ("x", "told", "said"))
    assert np.abs(by_the_engine(name, x, told) - said).max() < CLOSE
    assert said.std(0).max() > CLOSE, "a model that always says the same would prove nothing"


@every_model
def test_plain_numpy_says_the_same_as_pytorch(name: str) -> None:
    x, told, said = (KEPT[f"{name}/{n}"] for n in ("x", "told", "said"))
    written = json.loads((FOLDER / f"{name}.json").read_text())
    assert np.abs(plain_forward.forward(file(name), written, x, told) - said).max() < 1e-12


def test_the_pytorch_program_reads_no_code_of_the_project() -> None:
    for script in ("make_models.py", "torch_cells.py"):
        tree = ast.parse((ROOT / "tests" / "reference" / script).read_text())
        modules = {str(n.module).split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        modules |= {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        assert modules <= {
            "hashlib",
            "json",
            "collections",
            "pathlib",
            "typing",
            "numpy",
            "torch",
            "safetensors",
            "torch_cells",
        }
