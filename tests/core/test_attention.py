"""Attention: a cell's look at a memory, its gradients by differences, and its shortcut past the chain."""

from typing import Any

import numpy as np
import pytest

from core.buffers import Sizes
from core.cells import CELLS
from core.equations import parse
from core.errors import EquationError
from core.jacobians import step_jacobians
from core.network_gradients import network_contributions, network_jacobians
from core.networks import Network, attending
from core.notation import equation
from core.ops import run
from core.unroll import Chain
from tests.core.cases import error
from tests.core.oracle import Array, Arrays

WRITTEN = {
    "dot product": """
v = mix(softmax(score(s_prev, M)), M)
s = tanh(W @ x + U @ s_prev + C @ v + b)""",
    "additive": """
a = softmax(score(P @ s_prev, Q @ M, w))   # alignment
v = mix(a, R @ M)                          # context
s = tanh(W @ x + U @ s_prev + C @ v + b)""",
    "inside a GRU": """
v = mix(softmax(score(P @ h_prev, Q @ M)), R @ M)
z = sigmoid(W_z @ x + U_z @ h_prev + C_z @ v + b_z)
r = sigmoid(W_r @ x + U_r @ h_prev + C_r @ v + b_r)
n = tanh(W_n @ x + U_n @ (r * h_prev) + C_n @ v + b_n)
h = z * h_prev + (1 - z) * n""",
    "with the state of now": """
q = tanh(W @ x + U @ s_prev + b)
v = mix(softmax(score(q, Q @ M, w)), R @ M)
s = tanh(C @ v + D @ q)""",
    "two looks at one memory": """
v = mix(softmax(score(s_prev, Q @ M)), R @ M)
u = mix(softmax(score(P @ s_prev, K @ M, w)), N @ M)
s = tanh(W @ x + C @ v + D @ u + b)""",
}
every_cell = pytest.mark.parametrize("name", WRITTEN)
T, S, H, WIDE = 4, 6, 5, 5


class Case:
    """A chain with a memory, and a loss that is linear in its states."""

    def __init__(self, name: str, B: int) -> None:
        rng = np.random.default_rng([len(name), B])
        self.cell = parse(WRITTEN[name].strip())
        self.chain = Chain(self.cell, Sizes(T, B, 3, H, 2), (self.cell.output,), (S, WIDE))
        self.given: Arrays = {n: rng.normal(size=p.shape) * 0.7 for n, p in self.chain.params.items()}
        self.given |= {"x": rng.normal(size=(T, B, 3)), "M": rng.normal(size=(B, S, WIDE))}
        self.pull = rng.normal(size=(T, B, H))
        self.padding = np.zeros((B, S), dtype=bool)
        self.padding[-1, -2:] = B > 1

    def loss(self) -> float:
        self.chain.load(self.given)
        self.chain.remember(self.given["M"], self.padding)
        np.copyto(self.chain.x, self.given["x"])
        self.chain.unroll()
        return float((self.chain.shown(self.chain.output_state) * self.pull).sum())

    def gradients(self) -> dict[str, Any]:
        self.loss()
        column = self.chain.buffers.G.column(self.cell.output)
        np.copyto(column, self.pull if self.chain.sizes.batch else self.pull[:, 0])
        self.chain.roll_back()
        run(self.chain.gradient_calls)
        found = {n: g.copy() for n, g in self.chain.grads.items()}
        return {**found, "x": self.chain.input_gradient(), "M": self.chain.memory_gradient()}


@every_cell
@pytest.mark.parametrize("B", [1, 3])
def test_every_gradient_is_the_central_difference(name: str, B: int) -> None:
    case = Case(name, B)
    gradients = case.gradients()
    for key, value in case.given.items():
        numeric, step = np.zeros_like(value), 1e-6
        for place in np.ndindex(value.shape):
            here = value[place]
            ends = []
            for sign in (1, -1):
                value[place] = here + sign * step
                ends.append(case.loss())
            value[place] = here
            numeric[place] = (ends[0] - ends[1]) / (2 * step)
        assert error(gradients[key], numeric) < 1e-7, key


@every_cell
def test_weights_are_a_distribution_over_what_is_no_padding(name: str) -> None:
    case = Case(name, 3)
    case.loss()
    for attend in case.chain.attends:
        assert np.allclose(attend.weights.sum(axis=-1), 1.0, rtol=0, atol=1e-15)
        assert not attend.weights[:, case.padding].any()


@every_cell
def test_the_jacobian_of_a_step_is_the_central_difference(name: str) -> None:
    case, step = Case(name, 1), 1e-6
    case.loss()
    found = step_jacobians(case.chain)[2]
    state = case.cell.output
    before = {state: case.chain.shown(case.chain.buffers.column(state))[1].copy()}
    one = Chain(case.cell, Sizes(1, 1, 3, H, 2), (state,), (S, WIDE))
    one.load(case.given)
    one.remember(case.given["M"])
    np.copyto(one.x, case.given["x"][2:3])
    columns = []
    for unit in np.eye(H):
        ends = []
        for sign in (1, -1):
            one.begin({state: before[state] + sign * step * unit})
            one.unroll()
            ends.append(one.last()[state][0])
        columns.append((ends[0] - ends[1]) / (2 * step))
    assert error(found, np.stack(columns, axis=1)) < 1e-7


STREAMS = {"x": (5, 3), "y": (4, 2)}


def translator(name: str, B: int, *, both_ways: bool = False) -> tuple[Network, Arrays, Arrays, Any]:
    rng = np.random.default_rng(B)
    cell = parse(WRITTEN[name].strip())
    plain = CELLS["gru" if cell.output == "h" else "rnn-tanh"]
    net = Network(plain, attending(both_ways=both_ways), streams=STREAMS, H=5, O=3, B=B, cells={"decoder": cell})
    params = {n: rng.normal(size=s) * 0.6 for n, s in net.shapes().items()}
    inputs = {n: rng.normal(size=(steps, B, width)) for n, (steps, width) in STREAMS.items()}
    return net, params, inputs, rng.integers(0, 3, (4, B))


@pytest.mark.parametrize("lengths", [None, (5, 3, 1)])
@pytest.mark.parametrize(("name", "both_ways"), [("additive", True), ("inside a GRU", False), ("dot product", False)])
def test_a_network_with_attention_has_the_gradients_of_its_loss(name: str, both_ways: bool, lengths: Any) -> None:
    net, params, inputs, target = translator(name, 3, both_ways=both_ways)
    more: dict[str, Any] = {} if lengths is None else {"lengths": np.array(lengths)}

    def loss(**changed: Array) -> float:
        net.load({**params, **changed})
        net.run(inputs, target, **more)
        return net.loss

    loss()
    gradients = {n: g.copy() for n, g in net.grads.items()}
    scale = max(float(np.linalg.norm(g)) for g in gradients.values())
    for key, gradient in gradients.items():
        direction = np.asarray(np.random.default_rng(1).normal(size=gradient.shape))
        step = 1e-5 / float(np.linalg.norm(direction))
        ends = [loss(**{key: params[key] + sign * step * direction}) for sign in (1, -1)]
        numeric = (ends[0] - ends[1]) / (2 * step)
        assert abs(numeric - np.vdot(gradient, direction)) < 1e-7 * scale * np.linalg.norm(direction), key


@pytest.mark.parametrize("both_ways", [False, True])
@pytest.mark.parametrize("B", [1, 2])
def test_the_shares_of_each_error_are_those_of_its_own_gradient(B: int, both_ways: bool) -> None:
    net, params, inputs, target = translator("additive", B, both_ways=both_ways)
    net.load(params)
    net.run(inputs, target)
    whole = {n: g.copy() for n, g in net.grads.items()}
    found = network_contributions(net)
    for t in range(net.T):
        net.run(inputs, target, mask=np.eye(net.T)[t][:, None].repeat(B, axis=1))
        for name in (n for n in whole if "/" in n):
            share = np.vdot(net.grads[name], whole[name]) / np.vdot(whole[name], whole[name])
            assert abs(found[f"contribution_dot/{name}"].data[t].sum() - share) < 1e-12, (name, t)


class Copies:
    """The translator by hand, with a copy of each weight for every step: losses (T,) of any weights, also complex."""

    def __init__(self, inputs: Arrays, target: Any, name: str) -> None:
        self.x, self.y, self.target, self.additive = (
            inputs["x"][:, 0],
            inputs["y"][:, 0],
            target[:, 0],
            name == "additive",
        )

    def losses(self, p: Arrays) -> Any:
        states = [np.zeros(5)]
        for k, x in enumerate(self.x):
            W, U, b = (p[f"encoder/{n}"][k] for n in ("W", "U", "b"))
            states.append(np.tanh(W @ x + U @ states[-1] + b))
        memory, s, found = np.array(states[1:]), states[-1], []
        for t, y in enumerate(self.y):
            own = {n.removeprefix("decoder/"): w[t] for n, w in p.items() if n.startswith("decoder/")}
            v = self.look(own, memory, s)
            s = np.tanh(own["W"] @ y + own["U"] @ s + own["C"] @ v + own["b"])
            logits = p["V"] @ s + p["d"]
            found.append(np.log(np.exp(logits).sum()) - logits[self.target[t]])
        return np.array(found)

    def look(self, own: Arrays, memory: Any, s: Any) -> Any:
        if not self.additive:
            e = np.exp(memory @ s)
            return (e / e.sum()) @ memory
        e = np.exp(np.tanh(own["P"] @ s + memory @ own["Q"].T) @ own["w"])
        return (e / e.sum()) @ memory @ own["R"].T


@pytest.mark.parametrize("name", ["additive", "dot product"])
def test_each_contribution_is_that_of_a_separate_copy_of_the_weight(name: str) -> None:
    """Derivatives by a complex step, of every entry of every copy."""
    net, params, inputs, target = translator(name, 1)
    net.load(params)
    net.run(inputs, target)
    found, by_hand = network_contributions(net), Copies(inputs, target, name)
    steps = {"encoder": 5, "decoder": 4}
    copies = {n: np.stack([w] * steps[n[:7]]) if "/" in n else w for n, w in params.items()}
    copies = {n: w.astype(complex) for n, w in copies.items()}
    for key in (n for n in copies if "/" in n):
        squares = np.zeros((4, len(copies[key])))
        for place in np.ndindex(copies[key].shape):
            copies[key][place] += 1e-30j
            squares[:, place[0]] += np.square(by_hand.losses(copies).imag / 1e-30)
            copies[key][place] = copies[key][place].real
        assert error(found[f"contribution/{key}"].data, np.sqrt(squares)) < 1e-12, key


@pytest.mark.parametrize("name", ["additive", "dot product", "inside a GRU"])
def test_blocks_and_what_is_kept_change_no_number(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for block, kept in ((25, 1 << 20), (2, 0)):
        monkeypatch.setattr("core.attention.BLOCK", block)
        monkeypatch.setattr("core.attention.MOST_KEPT", kept)
        net, params, inputs, target = translator(name, 1)
        net.load(params)
        net.run(inputs, target)
        found.append({**{n: a.data for n, a in network_contributions(net).items()}, **net.grads})
    for key, value in found[0].items():
        assert error(found[1][key], value) < 1e-13, key


@pytest.mark.parametrize("scale", [1e-250, 1e-170, 1.0, 1e170])
def test_what_the_keys_get_keeps_its_digits_however_small_or_large(scale: float) -> None:
    net, params, inputs, target = translator("additive", 1)
    net.load(params)
    net.run(inputs, target)
    attend, rng = net.chains["decoder"].attends[0], np.random.default_rng(0)
    local, memory = attend.local(2)[0], attend.memory[0]
    slopes = rng.normal(size=(4, len(memory)))
    slopes[1], slopes[2, 1:] = 0.0, 0.0
    right = [np.linalg.norm(np.einsum("j,jh,jc->hc", row, local, memory)) for row in slopes]
    with np.errstate(all="ignore"):
        found = attend._key_lengths(2, slopes * scale, (local @ local.T) * (memory @ memory.T))
    assert error(found / scale, np.array(right)) < 1e-12


def test_attention_is_a_shortcut_past_the_chain() -> None:
    """With the encoder's chain cut (U = 0) and no state handed over, errors still reach every early step."""
    net, params, inputs, target = translator("additive", 1)
    params["encoder/U"][:] = 0.0
    net.load(params)
    net.run(inputs, target)
    found = network_contributions(net)["contribution/encoder/W"].data
    assert (found > 1e-4).all()
    assert network_jacobians(net)["jacobian/encoder/fro"].data[4, 0] == 0.0


def test_attention_is_written_as_people_write_it() -> None:
    cell = parse(WRITTEN["additive"].strip())
    told = equation(cell, "a").replace(r"\left", "").replace(r"\right", "")
    assert told == r"a_{t} = \operatorname{softmax}_{j}(w^{\top} \tanh(P s_{t-1} + Q m_{j}))"
    assert equation(cell, "v") == r"v_{t} = \sum_{j} a_{t,j}\, R m_{j}"


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("s = tanh(softmax(score(s_prev, M)) + s_prev)", 9),
        ("s = tanh(mix(s_prev, M))", 13),
        ("s = tanh(mix(softmax(score(s_prev, M)), x))", 40),
        ("s = tanh(mix(softmax(s_prev), M))", 13),
        ("s = tanh(mix(softmax(score(x, M)), M) + s_prev)", 27),
        ("s = tanh(M @ s_prev)", 9),
        ("s = tanh(mix(softmax(score(s_prev, M)), M, M))", 9),
    ],
)
def test_attention_that_makes_no_sense_is_pointed_at(text: str, column: int) -> None:
    with pytest.raises(EquationError) as refusal:
        parse(text)
    assert (refusal.value.line, refusal.value.column) == (1, column), refusal.value.pointed()
