"""Make the reference values of networks of several chains with PyTorch: `make reference`, the same every time.

Every node, loss, gradient and (t, k) contribution comes from autograd through loops in which each step has its own
copy of each weight.  Where PyTorch has the network as a module (layers, both directions, packed sequences of different
lengths, an encoder that hands its state to a decoder) the module must agree to 1e-12, and its numbers are written.
"""

from pathlib import Path

import numpy as np
import torch
from make_fixtures import gradients
from torch import Tensor, nn
from torch_cells import MODULES, STATES, Nodes
from torch_networks import Case, Chain, Loops, Module, both_ways, head, layers, look, translator, weight_shapes

HERE = Path(__file__).parent
ONE, TWO, TOP = ("forward", "backward"), ("forward2", "backward2"), ("decoder",)
RAGGED, WINDOWS = (5, 3, 1), (2, 4)
CASES = {
    "two-layers-tanh": Case("rnn-tanh", layers(2), ("layer2",), B=3, masked=True),
    "two-layers-relu": Case("rnn-relu", layers(2), ("layer2",), head="linear"),
    "two-layers-gru": Case("gru", layers(2), ("layer2",), head="sigmoid", B=2),
    "two-layers-gru-reset-after-ragged": Case("gru-reset-after", layers(2), ("layer2",), B=3, lengths=RAGGED),
    "two-layers-indrnn": Case("indrnn", layers(2), ("layer2",)),
    "three-layers-lstm": Case("lstm", layers(3), ("layer3",)),
    "three-layers-lstm-ragged": Case("lstm", layers(3), ("layer3",), B=3, lengths=RAGGED),
    "both-ways-tanh": Case("rnn-tanh", both_ways(1), ONE),
    "both-ways-lstm": Case("lstm", both_ways(1), ONE, head="linear", B=2, masked=True),
    "both-ways-lstm-ragged": Case("lstm", both_ways(1), ONE, B=3, lengths=RAGGED),
    "both-ways-gru": Case("gru", both_ways(1), ONE, B=2),
    "both-ways-gru-reset-after-ragged": Case("gru-reset-after", both_ways(1), ONE, head="sigmoid", B=3, lengths=RAGGED),
    "both-ways-peephole": Case("lstm-peephole", both_ways(1), ONE),
    "pairs-tanh-ragged": Case("rnn-tanh", both_ways(2), TWO, B=3, lengths=RAGGED),
    "pairs-lstm": Case("lstm", both_ways(2), TWO, head="sigmoid"),
    "pairs-gru-reset-after": Case("gru-reset-after", both_ways(2), TWO, B=2),
    "translator-tanh": Case("rnn-tanh", translator(), TOP),
    "translator-lstm": Case("lstm", translator(), TOP, head="linear", B=2, masked=True),
    "translator-lstm-ragged": Case("lstm", translator(), TOP, B=3, lengths=RAGGED),
    "translator-gru-reset-after": Case("gru-reset-after", translator(), TOP, head="sigmoid"),
    "translator-mgu": Case("mgu", translator(), TOP),
    "dot-tanh": Case("rnn-tanh", translator("dot"), TOP),
    "dot-lstm-ragged": Case("lstm", translator("dot"), TOP, B=3, lengths=RAGGED),
    "dot-gru-both-ways": Case("gru", translator("dot", wide=True), TOP, head="linear", B=2),
    "additive-tanh": Case("rnn-tanh", translator("additive"), TOP, B=2, masked=True),
    "additive-lstm": Case("lstm", translator("additive"), TOP),
    "additive-gru-ragged": Case("gru", translator("additive"), TOP, head="sigmoid", B=3, lengths=RAGGED),
    "additive-lstm-both-ways-ragged": Case("lstm", translator("additive", wide=True), TOP, B=3, lengths=RAGGED),
    "additive-residual-both-ways": Case("rnn-residual", translator("additive", wide=True), TOP),
}


def draw(name: str) -> Nodes:
    """Draw the streams, target, mask and every weight of a case."""
    case, rng = CASES[name], np.random.default_rng([7, list(CASES).index(name)])
    T, B, O = case.steps, case.B, case.sizes["O"]
    mask = (rng.random((T, B)) < 0.7) * 1.0 if case.masked else np.ones((T, B))
    if case.lengths and case.sizes["x"] == T:
        mask *= np.arange(T)[:, None] < np.array(case.lengths)
    found = {"x": rng.normal(size=(case.sizes["x"], B, case.sizes["I"])), "mask": mask}
    if any("y" in c.reads for c in case.chains):
        found["y"] = rng.normal(size=(case.sizes["y"], B, O))
    targets = {
        "softmax": lambda: rng.integers(O, size=(T, B)),
        "linear": lambda: rng.normal(size=(T, B, O)),
        "sigmoid": lambda: 1.0 * rng.integers(2, size=(T, B, O)),
    }
    found["target"] = targets[case.head]()
    found |= {f"param/{n}": 0.7 * rng.normal(size=shape) for n, shape in weight_shapes(case).items()}
    return {n: torch.as_tensor(value) for n, value in found.items()}


def loops(case: Case, given: Nodes) -> Nodes:
    """Every node, the head, every gradient and every (t, k) contribution, by loops."""
    net = Loops(case, given)
    shown, losses = head(case, net.logits, given["target"])
    found, masked = shown | {"loss": losses}, losses * given["mask"]
    for chain in case.chains:
        names = list(net.nodes[chain.name][0])
        held = [nodes[n] for n in names for nodes in net.nodes[chain.name]]
        grads, T = gradients(masked.sum(), held), len(net.nodes[chain.name])
        for i, n in enumerate(names):
            found[f"{chain.name}/{n}"] = net.stacked(chain, n)
            for t, nodes in enumerate(net.nodes[chain.name]):
                nodes[f"grad {n}"] = grads[i * T + t]
            found[f"grad/{chain.name}/{n}"] = net.stacked(chain, f"grad {n}")
        found |= uses(net, chain, masked.sum(1))
    of_v, of_d = gradients(masked.sum(), [net.V, net.d])
    return found | {"grad/V": of_v, "grad/d": of_d}


def lags(case: Case, chain: Chain, errors: int, steps: int) -> Tensor:
    """How far each error is from each of the chain's own steps, by the steps between them: (errors, steps)."""
    t, k = torch.arange(errors)[:, None], torch.arange(steps)
    if any(chain.name in (*c.memory, c.start) for c in case.chains):
        return t + steps - k
    return (t - (steps - 1 - k if chain.reverse else k)).abs()


def uses(net: Loops, chain: Chain, losses: Tensor) -> Nodes:
    """What each step's copy of each weight gave to each error: the sums, norms (errors, steps), what windows leave."""
    found, name, copies = {}, chain.name, net.copies[chain.name]
    lag = lags(net.case, chain, len(losses), len(copies))
    for n in copies[0]:
        rows = torch.stack([torch.stack(gradients(loss, [p[n] for p in copies])) for loss in losses])
        found[f"grad/{name}/{n}"] = rows.sum((0, 1))
        flat = (rows.flip(1) if chain.reverse else rows).flatten(2)
        whole = flat.sum((0, 1))
        if net.case.lengths is None or not any(c.reverse for c in net.case.chains):
            found[f"contribution/{name}/{n}"] = flat.norm(dim=-1)
            found[f"contribution_dot/{name}/{n}"] = flat @ whole / (whole @ whole if whole.any() else 1.0)
            found[f"truncated/{name}/{n}"] = torch.stack([rows[lag < window].sum(0) for window in WINDOWS])
    return found


def module(case: Case, given: Nodes) -> Nodes:
    """The states under the output layer, the loss and every gradient by PyTorch's own modules."""
    V, d = (given[f"param/{n}"].clone().requires_grad_() for n in "Vd")
    encoder = Module(case, case.chains[:1] if "y" in given else case.chains, given)
    output, last = encoder(given["x"])
    parts, H = [encoder], case.sizes["H"]
    if "y" in given:
        parts.append(Module(case, case.chains[1:], given))
        output, _ = parts[1](given["y"], last, packed=False)
    shown, losses = head(case, output @ V.T + d, given["target"])
    tensors = [t for part in parts for t in part.tensors]
    of_v, of_d, *rest = gradients((losses * given["mask"]).sum(), [V, d, *tensors])
    named = parts[0].named(rest[: len(parts[0].tensors)])
    named |= parts[1].named(rest[len(parts[0].tensors) :]) if len(parts) > 1 else {}
    states = {f"{n}/{STATES[case.cell][0]}": output[..., i * H : i * H + H] for i, n in enumerate(case.output)}
    return (
        states | shown | {"loss": losses, "grad/V": of_v, "grad/d": of_d} | {f"grad/{n}": v for n, v in named.items()}
    )


def attention_agrees() -> None:
    """The dot product's look is PyTorch's own scaled_dot_product_attention at scale 1, padding and all."""
    rng = np.random.default_rng(0)
    query, memory = torch.as_tensor(rng.normal(size=(3, 4))), torch.as_tensor(rng.normal(size=(3, 5, 4)))
    padding = torch.arange(5) >= torch.tensor(RAGGED)[:, None]
    _, found = look({}, query, memory, padding)
    right = nn.functional.scaled_dot_product_attention(
        query[:, None], memory, memory, attn_mask=~padding[:, None], scale=1.0
    )
    torch.testing.assert_close(found, right[:, 0], rtol=1e-12, atol=1e-14)


def counted(case: Case, value: Tensor) -> Tensor:
    """The value with nothing at the source's padding, where nobody has a number to give; others have other shapes."""
    if case.lengths is None or value.shape[:2] != (case.sizes["x"], case.B):
        return value
    real = torch.arange(case.sizes["x"])[:, None] < torch.tensor(case.lengths)
    return torch.where(real.reshape(*real.shape, *[1] * (value.ndim - 2)), value, 0.0)


def make(name: str) -> dict[str, np.ndarray]:
    """Return all arrays of one case."""
    case, given = CASES[name], draw(name)
    found = {n: counted(case, v) for n, v in loops(case, given).items()}
    if case.cell in MODULES and not any(c.score for c in case.chains):
        native = {n: counted(case, v) for n, v in module(case, given).items()}
        for n, value in native.items():
            torch.testing.assert_close(found[n], value, rtol=1e-12, atol=1e-14)
        found |= native
    lengths = {"lengths": torch.tensor(case.lengths)} if case.lengths else {}
    return {n: value.detach().numpy() for n, value in (given | lengths | found).items()}


def main() -> None:
    """Write one file; the name of an array is case:name."""
    torch.set_num_threads(1)
    attention_agrees()
    arrays = {f"{case}:{name}": value for case in CASES for name, value in make(case).items()}
    np.savez_compressed(HERE / "networks.npz", **arrays)


if __name__ == "__main__":
    main()
