"""Make the reference values with PyTorch: `make reference`, or run this file; the result is the same every time.

Every number is float64 and comes from autograd.  The recurrence is PyTorch's own module where it has the cell; the
explicit equations only supply the gates that a module hides, and must agree with the module to 1e-12 first.
"""

import itertools
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch_cells import CELLS, MODULES, STATES, Loop, Native, Nodes, build, shapes

HERE = Path(__file__).parent
SHAPES = {  # T, I, H, O, B and whether a random mask leaves losses out
    "one-step": (1, 3, 2, 4, 1, False),
    "one-unit": (4, 3, 1, 3, 2, False),
    "sentence": (8, 9, 4, 9, 1, False),
    "batch": (6, 3, 4, 5, 3, True),
    "long": (12, 2, 5, 3, 1, False),
}
PLACEMENTS = ("every", "last")
Copies = list[Loop | Native]


def gradients(value: Tensor, of: list[Tensor]) -> list[Tensor]:
    """Return d value / d each tensor, zero where the value does not depend on it."""
    return list(torch.autograd.grad(value, of, retain_graph=True, allow_unused=True, materialize_grads=True))


def draw(cell: str, shape: str, placement: str) -> Nodes:
    """Draw x, target, mask and every parameter of one case."""
    T, I, H, O, B, masked = SHAPES[shape]
    rng = np.random.default_rng([CELLS.index(cell), list(SHAPES).index(shape), PLACEMENTS.index(placement)])
    mask = (rng.random((T, B)) < 0.7) if masked else np.ones((T, B))
    mask = np.where(np.arange(T)[:, None] == T - 1, 1.0, 0.0) * np.ones((T, B)) if placement == "last" else mask
    case = {"x": rng.normal(size=(T, B, I)), "target": rng.integers(O, size=(T, B)), "mask": mask * 1.0}
    sizes = shapes(cell, I, H) | {"V": (O, H), "d": (O,)}
    case |= {f"param/{name}": 0.8 * rng.normal(size=size) for name, size in sizes.items()}
    return {name: torch.as_tensor(value) for name, value in case.items()}


def parameters(case: Nodes) -> Nodes:
    """Return the cell's own parameters of a case by their names."""
    named = {name[6:]: value for name, value in case.items() if name.startswith("param/")}
    return {name: value for name, value in named.items() if name not in {"V", "d"}}


def start(cell: str, case: Nodes) -> Nodes:
    """Return the zero state before the first step, (B, H) each."""
    B, H = case["x"].shape[1], case["param/V"].shape[1]
    return {name: torch.zeros(B, H, dtype=torch.float64) for name in STATES[cell]}


def head(case: Nodes, outputs: Tensor, V: Tensor, d: Tensor) -> Nodes:
    """Return logits, probs and the loss of every step: outputs (T, B, H) -> (T, B, O), (T, B, O), (T, B)."""
    logits = outputs @ V.T + d
    losses = torch.nn.functional.cross_entropy(logits.flatten(0, 1), case["target"].flatten(), reduction="none")
    return {"logits": logits, "probs": logits.softmax(-1), "loss": losses.reshape(logits.shape[:2])}


def instrumented(cell: str, case: Nodes) -> Nodes:
    """Run the equations and return every node, the head and the gradient of each."""
    network, state, steps = Loop(cell, parameters(case)), start(cell, case), []
    for x in case["x"]:
        steps.append(network.nodes(x, state))
        state = {name: steps[-1][name] for name in STATES[cell]}
    V, d = (case[f"param/{name}"].clone().requires_grad_() for name in "Vd")
    tops = head(case, torch.stack([step[STATES[cell][0]] for step in steps]), V, d)
    held = [value for step in steps for value in step.values()] + [tops["logits"]]
    grads = gradients((tops["loss"] * case["mask"]).sum(), [*held, V, d, *network.tensors])
    of_nodes, (of_logits, of_v, of_d, *rest) = grads[: len(held) - 1], grads[len(held) - 1 :]
    names = list(steps[0])
    found = {name: torch.stack([step[name] for step in steps]) for name in names} | tops
    found |= {f"grad/{name}": torch.stack(of_nodes[first :: len(names)]) for first, name in enumerate(names)}
    named = {"logits": of_logits, "V": of_v, "d": of_d} | network.named(rest)
    return found | {f"grad/{name}": value for name, value in named.items()}


def native(cell: str, case: Nodes) -> Nodes:
    """Run PyTorch's own module over the whole sequence: the output state and every parameter's gradient."""
    network = Native(cell, parameters(case))
    V, d = (case[f"param/{name}"].clone().requires_grad_() for name in "Vd")
    output, _ = network(case["x"], start(cell, case))
    tops = head(case, output, V, d)
    of_v, of_d, *rest = gradients((tops["loss"] * case["mask"]).sum(), [V, d, *network.tensors])
    named = {"V": of_v, "d": of_d} | network.named(rest)
    return {STATES[cell][0]: output} | tops | {f"grad/{name}": value for name, value in named.items()}


def unrolled(cell: str, case: Nodes) -> tuple[Copies, list[Nodes]]:
    """Run with a separate copy of every weight at every step; return the copies and T + 1 states."""
    copies = [build(cell, parameters(case)) for _ in case["x"]]
    states = [{name: value.requires_grad_() for name, value in start(cell, case).items()}]
    for copy, x in zip(copies, case["x"], strict=True):
        states.append(copy.step(x, states[-1]))
    return copies, states


def native_states(cell: str, case: Nodes) -> Nodes:
    """Run PyTorch's own module step by step: every state, and the whole gradient of the output state, (T, B, H).

    The gradient of the LSTM's c is not to be had from the module: its h does not pass through the c it returns.
    """
    _, states = unrolled(cell, case)
    found = {name: torch.stack([state[name] for state in states[1:]]) for name in STATES[cell]}
    output, *_ = STATES[cell]
    losses = head(case, found[output], case["param/V"], case["param/d"])["loss"]
    held = [state[output] for state in states[1:]]
    return found | {f"grad/{output}": torch.stack(gradients((losses * case["mask"]).sum(), held))}


def pieces(cell: str, case: Nodes) -> dict[str, Tensor]:
    """Return what the copy of a weight at step k gave to the gradient of J_t: name -> (T, T, *shape)."""
    copies, states = unrolled(cell, case)
    outputs = torch.stack([state[STATES[cell][0]] for state in states[1:]])
    losses = (head(case, outputs, case["param/V"], case["param/d"])["loss"] * case["mask"]).sum(1)
    rows = [[copy.named(gradients(loss, copy.tensors)) for copy in copies] for loss in losses]
    names = rows[0][0]
    return {name: torch.stack([torch.stack([piece[name] for piece in row]) for row in rows]) for name in names}


def groups(names: list[str]) -> dict[str, list[str]]:
    """Return the stacked names W, U, b and, where a cell has gates, each parameter by itself."""
    kinds = {"W": "W", "U": "Uu", "b": "b"}
    stacked = {kind: [name for name in names if name[0] in letters] for kind, letters in kinds.items()}
    return stacked | {name: [name] for name in names}


def contributions(parts: dict[str, Tensor]) -> Nodes:
    """Return the norm and the signed share of every (t, k) piece, (T, T)."""
    found = {}
    for group, names in groups(list(parts)).items():
        flat = torch.cat([parts[name].flatten(2) for name in names], -1)
        whole = flat.sum((0, 1))
        square = whole @ whole
        found[f"contribution/{group}"] = flat.norm(dim=-1)
        found[f"contribution_dot/{group}"] = flat @ whole / square if square > 0 else 0 * flat[..., 0]
    return found


def truncations(parts: dict[str, Tensor]) -> Nodes:
    """Return every parameter's gradient for every window 1..T, name -> (T, *shape)."""
    T = next(iter(parts.values())).shape[0]
    lag = torch.arange(T)[:, None] - torch.arange(T)
    return {
        f"truncated/{name}": torch.stack([value[(lag < window) & (lag >= 0)].sum(0) for window in range(1, T + 1)])
        for name, value in parts.items()
    }


def jacobian(outputs: list[Tensor], inputs: list[Tensor]) -> Tensor:
    """Return the Jacobian of the joint state of one sequence, (S, S)."""
    values = torch.cat([part.flatten() for part in outputs])
    return torch.stack([torch.cat([grad.flatten() for grad in gradients(value, inputs)]) for value in values])


def jacobians(cell: str, case: Nodes) -> Nodes:
    """Return the norms of d state_t / d state_k of the first sequence for all k <= t, (T, T).

    For the LSTM that is the joint state; of h alone and c alone (the other one held) as well.
    """
    _, states = unrolled(cell, case | {"x": case["x"][:, :1]})
    T = len(states) - 1
    chosen = {"": STATES[cell]} | ({"h/": ("h",), "c/": ("c",)} if len(STATES[cell]) > 1 else {})
    found = {
        f"jacobian/{part}{kind}": torch.zeros(T, T, dtype=torch.float64)
        for part in chosen
        for kind in ("fro", "spectral")
    }
    for (part, names), t in itertools.product(chosen.items(), range(T)):
        for k in range(t + 1):
            outputs, inputs = ([states[step + 1][name] for name in names] for step in (t, k))
            matrix = jacobian(outputs, inputs)
            found[f"jacobian/{part}fro"][t, k] = torch.linalg.matrix_norm(matrix)
            found[f"jacobian/{part}spectral"][t, k] = torch.linalg.matrix_norm(matrix, 2)
    return found


def agree(loop: Nodes, module: Nodes) -> None:
    """Refuse to go on when the equations and PyTorch's module differ."""
    for name, value in module.items():
        torch.testing.assert_close(loop[name], value, rtol=1e-12, atol=1e-14)


def make(cell: str, shape: str, placement: str) -> dict[str, np.ndarray]:
    """Return all arrays of one case."""
    case = draw(cell, shape, placement)
    found = instrumented(cell, case)
    if cell in MODULES:
        module = native(cell, case) | native_states(cell, case)
        agree(found, module)
        found |= module
    parts = pieces(cell, case)
    found |= contributions(parts) | truncations(parts) | jacobians(cell, case)
    return {name: value.detach().numpy() for name, value in (case | found).items()}


def main() -> None:
    """Write one file per cell; the name of an array is case:name."""
    torch.set_num_threads(1)
    for cell in CELLS:
        arrays = {
            f"{shape}-{placement}:{name}": value
            for shape, placement in itertools.product(SHAPES, PLACEMENTS)
            for name, value in make(cell, shape, placement).items()
        }
        np.savez_compressed(HERE / f"{cell}.npz", **arrays)


if __name__ == "__main__":
    main()
