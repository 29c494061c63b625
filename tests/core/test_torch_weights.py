"""PyTorch's weights run in our cells as they run in PyTorch, and go back as they came."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.decode import cell_model
from core.errors import WeightsError
from core.networks import Network
from core.torch_names import STACKED, to_torch
from core.unroll import Workspace
from core.weights import load, read, recognise, save
from tests.core.attacks import halves
from tests.core.cases import draw, workspace
from tests.core.oracle import Arrays, Task

HERE = Path(__file__).parent.parent / "reference" / "weights"
TWINS = {"rnn-tanh": "rnn-tanh", "rnn-relu": "rnn-relu", "lstm": "lstm", "gru": "gru-reset-after"}
every_twin = pytest.mark.parametrize("name", TWINS)


def made(name: str) -> bytes:
    return (HERE / f"{name}.safetensors").read_bytes()


def right(name: str) -> Arrays:
    with np.load(HERE / f"{name}.npz") as opened:
        return dict(opened)


def run_of(name: str) -> tuple[Workspace, Arrays]:
    """PyTorch's weights in our cell, run on PyTorch's input."""
    values, model = right(name), read(made(name))
    params = model.params() | {"V": values["V"], "d": values["d"]}
    mask = np.ones(values["target"].shape)
    return workspace(model.cell, Task(values["x"], values["target"], mask, params)), values


# -- PyTorch ------------------------------------------------------------------------------------------------


@every_twin
def test_a_cell_from_pytorch_has_pytorchs_states_and_loss(name: str) -> None:
    ws, values = run_of(name)
    assert read(made(name)).name == TWINS[name]
    assert np.abs(ws.arrays[ws.cell.output].data - values["output"]).max() < 1e-12
    assert abs(ws.loss - values["loss"]) < 1e-12


@every_twin
def test_a_cell_from_pytorch_has_pytorchs_gradients(name: str) -> None:
    """Both of PyTorch's biases get the gradient of our one; the GRU's candidate has two of its own."""
    ws, values = run_of(name)
    gates = {"rnn-tanh": [""], "rnn-relu": [""], "lstm": ["_i", "_f", "_c", "_o"], "gru": ["_r", "_z", "_n"]}[name]
    for i, gate in enumerate(gates):
        rows = slice(4 * i, 4 * i + 4)
        for ours, theirs in ((f"W{gate}", "weight_ih_l0"), (f"U{gate}", "weight_hh_l0"), (f"b{gate}", "bias_ih_l0")):
            assert np.abs(ws.grads[ours] - values[f"grad/{theirs}"][rows]).max() < 1e-12, ours
    if name == "gru":
        assert np.abs(ws.grads["b_hn"] - values["grad/bias_hh_l0"][8:]).max() < 1e-12


def test_a_whole_model_of_text_is_run_from_its_tokens() -> None:
    """The embedding goes into W, so that the tokens are one-hot inputs; the linear layer is V and d."""
    model, values = read(made("writer")), right("writer")
    assert model.describe() == {
        "module": "LSTM", "cell": "lstm", "inputs": 3, "hidden": 4, "layers": 1, "directions": 1,
        "gates": ["i", "f", "c", "o"],
        "embedding": 6, "outputs": 6, "unused": [],
    }  # fmt: skip
    params, tokens = model.params(), values["tokens"]
    ws = workspace(model.cell, Task(np.eye(6)[tokens], tokens, np.ones(tokens.shape), params))
    assert np.abs(ws.arrays["logits"].data - values["logits"]).max() < 1e-12
    decoder = cell_model(model.cell, params, tokens[:, 0].tolist())
    log_probs, _ = decoder.step(decoder.state, decoder.first)
    assert np.abs(np.exp(log_probs) - ws.arrays["probs"].data[-1, 0]).max() < 1e-12


def test_half_precision_is_read_for_what_it_is() -> None:
    full, half = load(made("writer"))[0], load(made("writer-bf16"))[0]
    for name, value in full.items():
        assert half[name].dtype == np.float64
        assert np.abs(half[name] - value).max() <= np.abs(value).max() / 256, name
    words = [0x0000, 0x8000, 0x3C00, 0xC000, 0x0001, 0x7BFF]
    assert load(halves("F16", words))[0]["a"].tolist() == [0.0, -0.0, 1.0, -2.0, 2**-24, 65504.0]
    assert load(halves("BF16", [0x3F80, 0xC000, 0x0001]))[0]["a"].tolist() == [1.0, -2.0, 2.0**-133]


NETWORKS = {
    "lstm-three-layers": ("lstm", ["layer1", "layer2", "layer3"]),
    "rnn-both-ways": ("rnn-tanh", ["forward1", "backward1"]),
    "gru-two-layers-both-ways": ("gru-reset-after", ["forward1", "backward1", "forward2", "backward2"]),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_layers_and_directions_from_pytorch_have_pytorchs_states_loss_and_gradients(name: str) -> None:
    model, values = read(made(name)), right(name)
    cell, blocks = NETWORKS[name]
    assert (model.name, [b.name for b in model.topology().blocks]) == (cell, blocks)
    net = Network(model.cell, model.topology(), streams={"x": (7, 3)}, H=4, O=5, B=2)
    net.load(model.network_params() | {"V": values["V"], "d": values["d"]})
    net.run({"x": values["x"]}, values["target"])
    arrays = net.arrays()
    states = [arrays[f"{b}/{model.cell.output}"].data for b in model.topology().output]
    assert np.abs(np.concatenate(states, axis=-1) - values["output"]).max() < 1e-12
    assert abs(net.loss - values["loss"]) < 1e-12
    for layer, block in zip(model.layers, blocks, strict=True):
        place = f"_l{layer.index}{'_reverse' if layer.reverse else ''}"
        for i, gate in enumerate(STACKED[cell]):
            rows = slice(4 * i, 4 * i + 4)
            for ours, theirs in (("W", "weight_ih"), ("U", "weight_hh"), ("b", "bias_ih")):
                gap = net.grads[f"{block}/{ours}{gate}"] - values[f"grad/{theirs}{place}"][rows]
                assert np.abs(gap).max() < 1e-12, (block, ours, gate)


def test_layers_and_directions_are_described() -> None:
    model = read(made("gru-two-layers-both-ways"))
    assert [(layer.index, layer.reverse, layer.inputs) for layer in model.layers] == [
        (0, False, 3),
        (0, True, 3),
        (1, False, 8),
        (1, True, 8),
    ]
    assert (model.describe()["layers"], model.describe()["directions"]) == (2, 2)
    with pytest.raises(WeightsError, match="2 layers in 2 directions"):
        model.params()
    with pytest.raises(WeightsError, match="proj_size"):
        read(made("projected"))


def test_an_embedding_is_read_by_the_first_layer_only_and_a_head_by_both_directions() -> None:
    rng = np.random.default_rng(0)
    tensors = load(made("gru-two-layers-both-ways"))[0]
    embedding, V = rng.normal(size=(6, 3)), rng.normal(size=(5, 8))
    model = recognise({**tensors, "embed.weight": embedding, "out.weight": V})
    params = model.network_params()
    assert params["V"].shape == (5, 8)
    assert np.array_equal(params["backward1/W_r"], tensors["weight_ih_l0_reverse"][:4] @ embedding.T)
    assert np.array_equal(params["forward2/W_r"], tensors["weight_ih_l1"][:4])


def random_params(cell: str, seed: int = 0) -> Arrays:
    return draw(cell, np.random.default_rng(seed), T=1, I=3, H=4, O=5, B=1, last=False).params


@pytest.mark.parametrize("cell", STACKED)
@pytest.mark.parametrize("prefix", ["", "net.rnn"])
def test_what_goes_to_pytorch_comes_back_the_same(cell: str, prefix: str) -> None:
    params = random_params(cell)
    tensors = to_torch(cell, params, prefix)
    nonlinearity = "relu" if cell == "rnn-relu" else "tanh"
    model = read(save({**tensors, "fc.weight": params["V"], "fc.bias": params["d"]}), nonlinearity=nonlinearity)
    assert model.name == cell
    found = model.params()
    assert found.keys() == params.keys()
    assert all(np.array_equal(found[n], params[n]) for n in params)


def without(tensors: Arrays, *names: str) -> Arrays:
    return {n: t for n, t in tensors.items() if n not in names}


def test_modules_without_biases_and_cells_are_known_too() -> None:
    tensors = to_torch("lstm", random_params("lstm"))
    bare = recognise(without(tensors, "bias_ih_l0", "bias_hh_l0")).params()
    assert not bare["b_f"].any()
    cell = recognise({n.removesuffix("_l0"): t for n, t in tensors.items()})
    assert np.array_equal(cell.params()["b_f"], tensors["bias_ih_l0"][4:8])
    headed = recognise({**tensors, "out.weight": np.ones((2, 4))})
    assert headed.params()["d"].tolist() == [0.0, 0.0]


def test_one_of_several_modules_is_chosen_by_its_prefix() -> None:
    both = to_torch("lstm", random_params("lstm"), "encoder") | to_torch(
        "rnn-tanh", random_params("rnn-tanh"), "decoder"
    )
    with pytest.raises(WeightsError, match="encoder, decoder"):
        recognise(both)
    assert recognise(both, prefix="decoder").name == "rnn-tanh"
    assert "encoder.weight_hh_l0" in recognise(both, prefix="decoder").unused


def test_what_is_not_understood_is_named() -> None:
    model = recognise(
        {
            **to_torch("lstm", random_params("lstm")),
            "norm": np.ones(7),
            "a.weight": np.ones((2, 4)),
            "b.weight": np.ones((3, 4)),
        }
    )
    assert model.unused == ("norm", "a.weight", "b.weight")
    assert not model.head


LSTM = to_torch("lstm", random_params("lstm"))


@pytest.mark.parametrize(
    "tensors",
    [
        {"a": np.ones(3)},
        without(LSTM, "weight_ih_l0"),
        without(LSTM, "weight_hh_l0"),
        LSTM | {"bias_ih_l0": np.ones(15)},
        LSTM | {"bias_ih_l0": np.ones((16, 1))},
        LSTM | {"weight_ih_l0": np.ones((12, 3))},
        LSTM | {"weight_ih_l0": np.ones(16)},
        LSTM | {"weight_hh_l0": np.ones((16, 5))},
        LSTM | {"weight_hh_l0": np.ones((16, 8)), "weight_ih_l0": np.ones((16, 3))},
        LSTM | {n.replace("l0", "l2"): t for n, t in LSTM.items()},
        LSTM | {n.replace("l0", "l1"): t for n, t in LSTM.items()},
        LSTM | {"weight_ih_l0_reverse": np.ones((16, 3))},
        {f"weight_{side}_l{layer}": np.ones((16, 4)) for side in ("ih", "hh") for layer in (0, 2)},
        {f"weight_{side}_l1": np.ones((16, 4)) for side in ("ih", "hh")},
        LSTM | {n: np.ones((16, 4)) for n in ("weight_ih_l1", "weight_hh_l1", "weight_hh_l0_reverse")}
        | {"weight_ih_l0_reverse": np.ones((16, 3))},
    ],
)  # fmt: skip
def test_tensors_that_fit_no_network_are_refused(tensors: Arrays) -> None:
    with pytest.raises(WeightsError):
        recognise(tensors)


def test_a_cell_that_pytorch_does_not_have_is_not_sent_there() -> None:
    with pytest.raises(WeightsError, match="PyTorch has no gru"):
        to_torch("gru", random_params("gru"))
    with pytest.raises(WeightsError, match="tanh or relu"):
        recognise(LSTM, nonlinearity="sigmoid")


FITTING = st.sampled_from(
    [(4, 3), (4, 4), (12, 3), (12, 4), (16, 3), (16, 4), (16, 8), (5, 4), (6, 3), (4,), (12,), (16,), (1, 1), (1,)]
)
TORCH = st.sampled_from(
    [
        f"{p}{k}_{s}{n}{r}"
        for p in ("", "a.")
        for k in ("weight", "bias")
        for s in ("ih", "hh")
        for n in ("_l0", "_l1", "")
        for r in ("", "_reverse")
    ]
    + ["emb.weight", "fc.weight", "fc.bias"]
)


@given(st.dictionaries(TORCH, FITTING, min_size=1, max_size=9))
def test_any_tensors_are_a_network_or_refused(shapes: dict[str, tuple[int, ...]]) -> None:
    try:
        model = recognise({name: np.zeros(shape) for name, shape in shapes.items()})
    except WeightsError:
        return
    assert json.dumps(model.describe())
    if len(model.layers) == 1:
        params = model.params()
        H = model.layers[0].hidden
        I = next(params[p.name].shape[1] for p in model.cell.parameters if p.columns == "input")
        head = {"V": np.zeros((2, H)), "d": np.zeros(2)} | params
        Workspace(model.cell, T=1, I=I, H=H, O=len(head["V"])).load(head)
