"""Recompute a trace from its own x, target and param/*, knowing nothing but the contract.

    python -m tests.recompute http://127.0.0.1:8000 cell=lstm loss_at=last window=3

Needs NumPy and the standard library, reads no code of the project: cells, derivatives and norms are written out
again in recompute_cells.py, recompute_networks.py and recompute_windows.py. Without choices it checks every cell
at both loss placements and in every network. Exit code 1 if anything differs.
"""

import itertools
import json
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import numpy as np

from tests.recompute_cells import CELLS, KINDS, STEPS, Array, Arrays, Back
from tests.recompute_networks import Networked
from tests.recompute_windows import beside

GROUPS = "forward,backward,contributions,jacobians,params,spectral,windows"
TOLERANCE = 1e-9
TOPOLOGIES = ("one-to-one", "one-to-many", "bidirectional", "encoder-decoder", "attention")
GIVEN = {"x", "y", "target", "mask", "convolution/F"}


class Recomputed:
    """One sequence through one cell: every array of the contract, from x (T, I), target (T,) and the parameters."""

    def __init__(self, recipe: dict[str, Any], x: Array, target: Array, params: Arrays) -> None:
        self.states, self.step, self.back = STEPS[recipe["cell"]]
        self.x, self.target, self.p, self.window, self.T = x, target, params, recipe["window"], len(x)
        self.mask = np.array([recipe["loss_at"] == "every" or t == self.T - 1 for t in range(self.T)]) * 1.0
        self.prev, self.nodes = [], []
        state = {name: np.zeros(params["V"].shape[1]) for name in self.states}
        for row in x:
            self.prev.append(state)
            self.nodes.append(self.step(params, row, state))
            state = {name: self.nodes[-1][name] for name in self.states}
        self.outputs = np.array([nodes[self.states[0]] for nodes in self.nodes])
        self.logits = self.outputs @ params["V"].T + params["d"]
        top = np.exp(self.logits - self.logits.max(1, keepdims=True))
        self.probs = top / top.sum(1, keepdims=True)
        self.error = (self.probs - np.eye(len(params["d"]))[target]) * self.mask[:, None]
        self.pieces = self.taken_apart()
        self.total = {name: part.sum((0, 1)) for name, part in self.pieces.items()}

    def one_step_back(self, k: int, up: Arrays) -> Back:
        found: Back = self.back(self.p, self.x[k], self.prev[k], self.nodes[k], up)
        return found

    def nothing(self, rows: int) -> Arrays:
        return {name: np.zeros((rows, self.p["V"].shape[1])) for name in self.states}

    def forward(self) -> Arrays:
        """Every array of the forward pass, and the losses."""
        found = {name: np.array([nodes[name] for nodes in self.nodes]) for name in self.nodes[0]}
        found |= {f"{name}_prev": np.array([prev[name] for prev in self.prev]) for name in self.states}
        loss = -np.log(self.probs[np.arange(self.T), self.target])
        return found | {"logits": self.logits, "probs": self.probs, "loss": loss, "mask": self.mask}

    def taken_apart(self) -> Arrays:
        """What the use of each parameter at step k gives to the gradient of J_t: (T, T, *shape), row t."""
        pieces = {name: np.zeros((self.T, self.T, *value.shape)) for name, value in self.p.items() if name not in "Vd"}
        for t in range(self.T):
            up = self.nothing(1)
            up[self.states[0]] = up[self.states[0]] + self.error[t] @ self.p["V"]
            for k in range(t, -1, -1):
                _, up, uses = self.one_step_back(k, up)
                for name, (delta, met) in uses.items():
                    pieces[name][t, k] = delta[0] if met is None else np.outer(delta[0], met)
        return pieces

    def gradients(self) -> Arrays:
        """dJ/d(everything): all losses swept at once."""
        found, up = [], self.nothing(1)
        for k in range(self.T - 1, -1, -1):
            up[self.states[0]] = up[self.states[0]] + self.error[k] @ self.p["V"]
            nodes, up, _ = self.one_step_back(k, up)
            found.append(nodes)
        grads = {f"grad/{name}": np.array([step[name][0] for step in found[::-1]]) for name in found[0]}
        norms = {name.replace("grad/", "grad_norm/"): norm(value) for name, value in grads.items()}
        weights = self.total | {"V": self.error.T @ self.outputs, "d": self.error.sum(0)}
        return grads | norms | {f"grad/{name}": value for name, value in weights.items()}

    def contributions(self) -> Arrays:
        """Norms and signed shares of the (t, k) pieces: each parameter's, and those of all W, all U, all biases."""
        found, groups = {}, {name: [name] for name in self.pieces}
        groups |= {kind: [name for name in self.pieces if name[0] in letters] for kind, letters in KINDS.items()}
        for group, names in groups.items():
            flat = np.concatenate([self.pieces[name].reshape(self.T, self.T, -1) for name in names], axis=2)
            whole = flat.sum((0, 1))
            found[f"contribution/{group}"] = norm(flat)
            found[f"contribution_dot/{group}"] = flat @ whole / ((whole @ whole) or 1.0)
        return found

    def truncation(self) -> Arrays:
        """The gradient that each window leaves, and how far it is from the whole."""
        lag = np.subtract.outer(np.arange(self.T), np.arange(self.T))
        cuts = [{n: v[(lag < w) & (lag >= 0)].sum(0) for n, v in self.pieces.items()} for w in range(1, self.T + 1)]
        whole = np.concatenate([value.ravel() for value in self.total.values()])
        flat = [np.concatenate([value.ravel() for value in cut.values()]) for cut in cuts]
        sizes, size = norm(np.array(flat)), float(norm(whole))
        cosine = np.array([part @ whole for part in flat]) / (sizes * size)
        at = min(self.window or self.T, self.T) - 1
        found = {"truncation/cosine_by_window": cosine, "truncation/norm_ratio_by_window": sizes / size}
        found |= {name.removesuffix("_by_window"): value[at] for name, value in found.items()}
        return found | ({f"truncated/{n}": v for n, v in cuts[at].items()} if self.window else {})

    def jacobians(self) -> Arrays:
        """Norms of d(state_t)/d(state_k) of the joint state, and of each state alone: products, one by one."""
        H, count = self.p["V"].shape[1], len(self.states)
        steps = []
        for k in range(self.T):
            up = {name: np.eye(count * H)[:, i * H : (i + 1) * H] for i, name in enumerate(self.states)}
            before = self.one_step_back(k, up)[1]
            steps.append(np.concatenate([before[name] for name in self.states], axis=1))
        parts = {"": slice(None)} | (
            {f"{n}/": slice(i * H, i * H + H) for i, n in enumerate(self.states)} if count > 1 else {}
        )
        found = {f"jacobian/{part}fro": np.zeros((self.T, self.T)) for part in parts}
        found["jacobian/spectral"] = np.zeros((self.T, self.T))
        for k in range(self.T):
            product = np.eye(count * H)
            for t in range(k, self.T):
                product = steps[t] @ product if t > k else product
                found["jacobian/spectral"][t, k] = np.linalg.norm(product, 2)
                for part, block in parts.items():
                    found[f"jacobian/{part}fro"][t, k] = norm(product[block, block].ravel())
        return found

    def arrays(self) -> Arrays:
        """All of it, by the names of the contract."""
        return self.forward() | self.gradients() | self.contributions() | self.truncation() | self.jacobians()


def norm(rows: Array) -> Array:
    """Norms along the last axis, also of what is too small to square."""
    largest = np.abs(rows).max(-1, keepdims=True)
    unit = np.where(largest > 0, largest, 1.0)
    return np.asarray(np.linalg.norm(rows / unit, axis=-1) * unit[..., 0])


def array(described: dict[str, Any]) -> Array:
    """An array of a trace, without its axis of one batch."""
    data = np.array(described["data"], dtype=float).reshape(described["shape"])
    return data[:, 0] if described["dims"][1:2] == ["batch"] else data


def recomputed(trace: dict[str, Any]) -> Arrays:
    """Every array of a trace again, from x, target, param/* and the recipe; of several chains also from the mask."""
    given = {n: array(a) for n, a in trace["arrays"].items() if n in GIVEN or n.startswith("param/")}
    return of_network(trace, given) | beside(trace, given)


def of_network(trace: dict[str, Any], given: Arrays) -> Arrays:
    """All but what stands beside the recurrence."""
    plain = trace["topology"]["name"] == "chain" and len(trace["topology"]["blocks"]) == 1
    if not plain or trace["recipe"]["data"] not in ("sentence", "characters"):
        return Networked(trace, given).arrays() | {"mask": given["mask"]}
    params = {n.removeprefix("param/"): value for n, value in given.items() if n.startswith("param/")}
    return Recomputed(trace["recipe"], given["x"], given["target"].astype(int), params).arrays()


def difference(name: str, found: Array, right: Array) -> float:
    """The largest error: of each entry for norms over (t, k), else relative to the largest entry."""
    if found.shape != right.shape or not np.isfinite(found).all():
        return float("inf")
    scale = np.abs(right) if name.startswith(("contribution/", "jacobian/")) else np.abs(right).max(initial=1e-300)
    return float(np.max(np.abs(found - right) / np.where(scale > 0, scale, 1e-300), initial=0.0))


def compare(trace: dict[str, Any]) -> Iterator[tuple[str, list[int], float]]:
    """Name, shape and error of every array; one that nobody can recompute, or that is missing, is infinitely wrong."""
    again = recomputed(trace)
    for name, described in trace["arrays"].items():
        if name not in {"x", "y", "target", "convolution/F"} and not name.startswith("param/"):
            right = again.pop(name, None)
            yield name, described["shape"], float("inf") if right is None else difference(name, array(described), right)
    for name in again:
        yield f"{name} (missing)", [], float("inf")


def fetch(base: str, choices: dict[str, str]) -> dict[str, Any]:
    """A whole trace over HTTP."""
    query = urllib.parse.urlencode({"include": GROUPS, **choices})
    with urllib.request.urlopen(f"{base.rstrip('/')}/api/v1/traces?{query}", timeout=60) as answer:
        return dict(json.load(answer))


def main(arguments: list[str]) -> int:
    """Check one recipe, or every cell at both loss placements and in every network; 1 if anything differs."""
    base, *rest = arguments
    chosen = dict(word.split("=", 1) for word in rest)
    every = [{"cell": c, "loss_at": at, "window": "3"} for c, at in itertools.product(CELLS, ("every", "last"))]
    every += [{"cell": c, "topology": name, "window": "3"} for c, name in itertools.product(CELLS, TOPOLOGIES)]
    wrong = 0
    for choices in [chosen] if rest else every:
        sys.stdout.write(f"{' '.join(f'{k}={v}' for k, v in choices.items())}\n")
        for name, shape, size in compare(fetch(base, choices)):
            wrong += not size < TOLERANCE
            sys.stdout.write(
                f"  {name:34} {'x'.join(map(str, shape)):>10}  {size:8.1e}{'' if size < TOLERANCE else '  WRONG'}\n"
            )
    sys.stdout.write(f"{wrong or 'no'} arrays differ\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
