"""Networks of several chains, of attention and of every output layer, again from what a trace carries.

Reads no code of the project: how chains are joined comes from the trace's own `topology`, cells from
recompute_cells.py. The gradient of every error t goes back as a row of its own through every chain.
"""

from typing import Any

import numpy as np

from tests.recompute_cells import KINDS, STEPS, Array, Arrays, Back

LOOKS = {"W": "W", "U": "UuCP", "b": "b"}  # with attention C and P act on vectors of hidden units, too


class Chain:
    """One chain in its own order of time: x (T, I), what its states begin with, the memory that it looks at (S, M)."""

    def __init__(
        self, cell: str, told: dict[str, Any], p: Arrays, x: Array, *, start: Arrays, memory: Array | None
    ) -> None:
        self.states, self.step, self.back = STEPS[cell]
        self.told, self.p, self.x, self.memory, self.T = told, p, x, memory, len(x)
        self.wide = {
            n: np.hstack([v, p["C" + n[1:]]]) if memory is not None and n[0] == "W" else v for n, v in p.items()
        }
        self.prev, self.nodes, self.read = [], [], []
        self.H = next(len(v) for v in p.values())
        state = {n: start.get(n, np.zeros(self.H)) for n in self.states}
        for row in x:
            looked = {} if memory is None else self.look(state[self.states[0]])
            self.read.append(np.concatenate([row, looked["v"]]) if looked else row)
            self.prev.append(state)
            self.nodes.append(self.step(self.wide, self.read[-1], state) | looked)
            joined = told["joined"]
            state = {n: self.nodes[-1][n] if joined else np.zeros(self.H) for n in self.states}

    def parts(self) -> tuple[Array, Array, Array]:
        """The memory, its keys and its values."""
        M = np.asarray(self.memory)
        return M, M @ self.p["Q"].T if "Q" in self.p else M, M @ self.p["R"].T if "R" in self.p else M

    def query(self, before: Array) -> Array:
        return np.asarray(self.p["P"] @ before if "P" in self.p else before)

    def look(self, before: Array) -> Arrays:
        """Attention's weights and what they mix."""
        _, keys, values = self.parts()
        q = self.query(before)
        e = np.tanh(q + keys) @ self.p["w"] if "w" in self.p else keys @ q
        a = np.exp(e - e.max())
        a = a / a.sum()
        return {"a": a, "v": a @ values}

    def one_step_back(self, k: int, up: Arrays) -> tuple[Back, Array, Array]:
        """Rows (R, H) of the states after step k, carried over it: nodes, states before and uses; input; memory."""
        nodes, before, uses = self.back(self.wide, self.read[k], self.prev[k], self.nodes[k], up)
        into = sum(d @ self.wide[n] for n, (d, _) in uses.items() if n.startswith("W"))
        into = np.asarray(into)[:, : self.x.shape[1]]
        if self.memory is None:
            return (nodes, before, uses), into, np.zeros(0)
        dv = np.asarray(sum(d @ self.p["C" + n[1:]] for n, (d, _) in uses.items() if n.startswith("W")))
        split: Any = {n: (d, met if not n.startswith("W") else self.x[k]) for n, (d, met) in uses.items()}
        split |= {"C" + n[1:]: (d, self.nodes[k]["v"]) for n, (d, _) in uses.items() if n.startswith("W")}
        looked, dq, dM = self.look_back(k, dv)
        state = self.states[0]
        before = before | {state: before[state] + (dq @ self.p["P"] if "P" in self.p else dq)}
        split |= looked | ({"P": (dq, self.prev[k][state])} if "P" in self.p else {})
        return (nodes | {"v": dv}, before, split), into, dM

    def look_back(self, k: int, dv: Array) -> tuple[dict[str, Any], Array, Array]:
        """Rows dJ/dv (R, H): pieces of Q, R, w; rows of the query; rows of the memory (R, S, M)."""
        M, keys, values = self.parts()
        a, q = self.nodes[k]["a"], self.query(self.prev[k][self.states[0]])
        inner = dv @ values.T
        de = a * (inner - (inner @ a)[:, None])
        bent = np.tanh(q + keys)
        local = (1 - bent**2) * self.p["w"] if "w" in self.p else np.broadcast_to(q, keys.shape)
        dk, mixed = de[:, :, None] * local, a[:, None] * dv[:, None]
        dq = dk.sum(1) if "w" in self.p else de @ keys
        dM = (mixed @ self.p["R"] if "R" in self.p else mixed) + (dk @ self.p["Q"] if "Q" in self.p else dk)
        whole: dict[str, Any] = {"w": de @ bent} if "w" in self.p else {}
        whole |= {n: np.einsum("rsh,sm->rhm", d, M) for n, d in (("Q", dk), ("R", mixed)) if n in self.p}
        return whole, dq, dM


class Networked:
    """Every array of a trace of any network, by the names of the contract."""

    def __init__(self, trace: dict[str, Any], given: Arrays) -> None:
        self.trace, self.given, self.topology = trace, given, trace["topology"]
        self.blocks = {b["name"]: b for b in self.topology["blocks"]}
        self.params = {n.removeprefix("param/"): v for n, v in given.items() if n.startswith("param/")}
        self.chains: dict[str, Chain] = {}
        for name, told in self.blocks.items():
            self.chains[name] = self.made(name, told)
        self.T, self.window = trace["dims"]["time"], trace["recipe"]["window"]
        self.output()
        self.sweep()

    def shown(self, name: str, rows: Any) -> Array:
        """Rows in a chain's own order of time in that of the input, and back."""
        found = np.asarray(rows)
        return found[::-1] if self.blocks[name]["direction"] == "backward" else found

    def states(self, name: str) -> Array:
        """What a chain puts out, in the order of the input: (T, H)."""
        chain = self.chains[name]
        return self.shown(name, [n[chain.states[0]] for n in chain.nodes])

    def made(self, name: str, told: dict[str, Any]) -> Chain:
        prefix = f"{name}/" if name else ""
        own = {n.removeprefix(prefix): v for n, v in self.params.items() if name == n.rpartition("/")[0]}
        own = {n: v for n, v in own.items() if n not in ("V", "d")}
        x = np.hstack([self.states(r) if r in self.chains else self.given[r] for r in told["reads"]])
        start = self.chains[told["start"]].nodes[-1] if told["start"] else {}
        memory = np.hstack([self.states(m) for m in told["memory"]]) if told["memory"] else None
        return Chain(self.trace["recipe"]["cell"], told, own, self.shown(name, x), start=start, memory=memory)

    # -- the output layer ---------------------------------------------------------------------------------

    def output(self) -> None:
        target, mask = self.given["target"], self.given["mask"]
        self.outputs = np.hstack([self.states(name) for name in self.topology["output"]])
        z = self.outputs @ self.params["V"].T + self.params["d"]
        if self.topology["head"] == "linear":
            self.head = {"prediction": z, "loss": ((z - target) ** 2).sum(1)}
            error = 2 * (z - target)
        elif self.topology["head"] == "sigmoid":
            p = 1 / (1 + np.exp(-z))
            self.head = {"logits": z, "probs": p, "loss": -(target * np.log(p) + (1 - target) * np.log(1 - p)).sum(1)}
            error = p - target
        else:
            p = np.exp(z - z.max(1, keepdims=True))
            p = p / p.sum(1, keepdims=True)
            right = target.astype(int)
            self.head = {"logits": z, "probs": p, "loss": -np.log(p[np.arange(self.T), right])}
            error = p - np.eye(p.shape[1])[right]
        self.error = error * mask[:, None]

    # -- backward -----------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Every error as a row of its own, from the output layer down to the first chain."""
        self.pieces: Arrays = {}
        self.grads: dict[str, Arrays] = {}
        R, H = self.T, self.trace["dims"]["hidden"]
        # What comes into a chain's states from outside: (T, R, H) in the order of the input.
        self.seeds = {n: {s: np.zeros((c.T, R, H)) for s in c.states} for n, c in self.chains.items()}
        for i, name in enumerate(self.topology["output"]):
            rows = self.error @ self.params["V"][:, i * H : (i + 1) * H]
            self.seeds[name][self.chains[name].states[0]][np.arange(R), np.arange(R)] += rows
        for name in reversed(self.blocks):
            self.sweep_chain(name)

    def sweep_chain(self, name: str) -> None:
        chain, told = self.chains[name], self.blocks[name]
        seeds = {s: self.shown(name, v) for s, v in self.seeds[name].items()}
        carried = {s: np.zeros_like(v[0]) for s, v in seeds.items()}
        grads: dict[str, list[Array]] = {}
        for k in range(chain.T - 1, -1, -1):
            up = {s: carried[s] + seeds[s][k] for s in chain.states}
            (nodes, before, uses), into, memory = chain.one_step_back(k, up)
            time = chain.T - 1 - k if told["direction"] == "backward" else k
            for node, rows in nodes.items():
                grads.setdefault(node, []).append(rows.sum(0))
            self.keep(name, time, uses)
            self.pass_on(told, time, into, memory)
            carried = before if told["joined"] else {s: np.zeros_like(v) for s, v in carried.items()}
        self.grads[name] = {n: self.shown(name, rows[::-1]) for n, rows in grads.items()}
        for state, rows in carried.items() if told["start"] else ():
            self.seeds[told["start"]][state][-1] += rows

    def keep(self, name: str, time: int, uses: Any) -> None:
        """The pieces of every weight: (R, T, *shape)."""
        for parameter, use in uses.items():
            full = f"{name}/{parameter}" if name else parameter
            shape = (self.T, self.chains[name].T, *self.params[full].shape)
            piece = use if isinstance(use, np.ndarray) else met(use[0], use[1], shape)
            self.pieces.setdefault(full, np.zeros(shape))[:, time] = piece

    def pass_on(self, told: dict[str, Any], time: int, into: Array, memory: Array) -> None:
        """To the chains that were read, and to those that were looked at."""
        H, at = self.trace["dims"]["hidden"], 0
        for read in told["reads"]:
            width = H if read in self.chains else into.shape[1]
            if read in self.chains:
                self.seeds[read][self.chains[read].states[0]][time] += into[:, at : at + width]
            at += width
        for i, looked in enumerate(told["memory"]):
            state = self.chains[looked].states[0]
            self.seeds[looked][state] += memory[:, :, i * H : (i + 1) * H].transpose(1, 0, 2)

    # -- what a trace says of it --------------------------------------------------------------------------

    def arrays(self) -> Arrays:
        found = dict(self.head)
        for name, chain in self.chains.items():
            prefix = f"{name}/" if name else ""
            nodes = chain.nodes[0]
            found |= {f"{prefix}{n}": self.shown(name, [step[n] for step in chain.nodes]) for n in nodes}
            found |= {f"{prefix}{s}_prev": self.shown(name, [v[s] for v in chain.prev]) for s in chain.states}
            found |= {f"grad/{prefix}{n}": v for n, v in self.grads[name].items()}
            found |= {f"grad_norm/{prefix}{n}": np.linalg.norm(v, axis=1) for n, v in self.grads[name].items()}
            found |= self.contributions(name) | self.jacobians(name)
        self.total = {n: v.sum((0, 1)) for n, v in self.pieces.items()}
        found |= {f"grad/{n}": v for n, v in self.total.items()} | self.truncation()
        return found | {"grad/V": self.error.T @ self.outputs, "grad/d": self.error.sum(0)}

    def contributions(self, name: str) -> Arrays:
        prefix, chain, found = f"{name}/" if name else "", self.chains[name], {}
        groups = {n: [n] for n in chain.p}
        kinds = LOOKS if chain.memory is not None else KINDS
        several = {kind: [n for n in chain.p if n[0] in letters] for kind, letters in kinds.items()}
        for group, names in ({k: v for k, v in several.items() if v} | groups).items():
            parts = [self.pieces[prefix + n] for n in names]
            flat = np.concatenate([v.reshape(*v.shape[:2], -1) for v in parts], axis=2)
            whole = flat.sum((0, 1))
            found[f"contribution/{prefix}{group}"] = np.linalg.norm(flat, axis=2)
            found[f"contribution_dot/{prefix}{group}"] = flat @ whole / ((whole @ whole) or 1.0)
        return found

    def lags(self, name: str) -> Array:
        """How far each use is from each error: (R, T)."""
        told, T = self.blocks[name], self.chains[name].T
        t, k = np.arange(self.T)[:, None], np.arange(T)
        if told["axis"] == "source":
            return np.asarray(t + (k + 1 if told["direction"] == "backward" else T - k))
        return np.abs(t - k)

    def truncation(self) -> Arrays:
        source = max((c.T for n, c in self.chains.items() if self.blocks[n]["axis"] == "source"), default=0)
        longest = self.T + source
        whole = np.concatenate([v.ravel() for v in self.total.values()])
        cuts = [
            {n: v[self.lags(n.rpartition("/")[0]) < w].sum(0) for n, v in self.pieces.items()}
            for w in range(1, longest + 1)
        ]
        flat = np.array([np.concatenate([v.ravel() for v in cut.values()]) for cut in cuts])
        sizes, size = np.linalg.norm(flat, axis=1), np.linalg.norm(whole)
        cosine = flat @ whole / np.where(sizes > 0, sizes * size, 1.0)
        at = min(self.window or longest, longest) - 1
        found = {"truncation/cosine_by_window": cosine, "truncation/norm_ratio_by_window": sizes / size}
        found |= {n.removesuffix("_by_window"): v[at] for n, v in found.items()}
        return found | ({f"truncated/{n}": v for n, v in cuts[at].items()} if self.window else {})

    def jacobians(self, name: str) -> Arrays:
        chain, prefix = self.chains[name], f"{name}/" if name else ""
        H, count, steps = chain.H, len(chain.states), []
        for k in range(chain.T):
            up = {s: np.eye(count * H)[:, i * H : (i + 1) * H] for i, s in enumerate(chain.states)}
            before = chain.one_step_back(k, up)[0][1]
            whole = np.concatenate([before[s] for s in chain.states], axis=1)
            steps.append(whole if self.blocks[name]["joined"] else 0 * whole)
        parts = {"": slice(None)} | (
            {f"{s}/": slice(i * H, i * H + H) for i, s in enumerate(chain.states)} if count > 1 else {}
        )
        found = {f"jacobian/{prefix}{part}fro": np.zeros((chain.T, chain.T)) for part in parts}
        spectral = found[f"jacobian/{prefix}spectral"] = np.zeros((chain.T, chain.T))
        for k in range(chain.T):
            product = np.eye(count * H)
            for t in range(k, chain.T):
                product = steps[t] @ product if t > k else product
                spectral[t, k] = np.linalg.norm(product, 2)
                for part, block in parts.items():
                    found[f"jacobian/{prefix}{part}fro"][t, k] = np.linalg.norm(product[block, block])
        back = self.blocks[name]["direction"] == "backward"
        return {n: v[::-1, ::-1] if back else v for n, v in found.items()}


def widened(name: str, p: Arrays) -> Array:
    """A matrix on the input, with the one on what attention found beside it; all others as they are."""
    return np.hstack([p[name], p["C" + name[1:]]]) if name.startswith("W") else p[name]


def met(delta: Array, value: Array | None, shape: tuple[int, ...]) -> Array:
    """Rows of a weight: outer products; a bias's own; or unit by unit for a vector that multiplies."""
    if value is None:
        return delta
    return delta * value if len(shape) == 3 else delta[:, :, None] * value
