"""Attention as it runs: at each step a query looks at a memory M (S, H) and takes away a weighted average.

e_j = q . k_j (dot product) or w . tanh(q + k_j) (additive, Bahdanau et al. 2015), a = softmax(e), v = sum_j a_j r_j,
with keys k_j = Q m_j and values r_j = R m_j, or m_j itself. Where a place of the memory is padding its weight is zero.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from core.buffers import Buffers
from core.equations import Attention
from core.norms import BOUNDS, norms
from core.ops import Floats

Readings = dict[str, tuple[Floats, Floats]]
LEAST_LEFT = 1e-5
MOST_KEPT = 1 << 20  # numbers of tanh(q + k_j) that are kept for the way back
BLOCK = 20  # errors that go back to the memory in one product: none of them comes before the first step of the block


class Attend:
    """One attention of a cell over T steps and B sequences: memory (B, S, H), weights (T, B, S)."""

    def __init__(self, spec: Attention, buffers: Buffers, memory: tuple[int, int]) -> None:
        self.spec, self.sizes = spec, buffers.sizes
        T, B, S = self.sizes.T, self.sizes.B, memory[0]
        if not spec.values and memory[1] != self.sizes.H:
            raise ValueError(f"the memory has {memory[1]} columns, the state {self.sizes.H}: mix R @ M, not M")
        zeros, H = self.sizes.zeros, self.sizes.H
        self.memory = zeros(B, S, memory[1])
        self.keys, self.values = zeros(B, S, H), zeros(B, S, H)
        self.weights = zeros(T, B, S)
        self.padding = np.zeros((B, S), dtype=bool)
        self.Q = zeros(H, memory[1]) if spec.keys else None
        self.R = zeros(H, memory[1]) if spec.values else None
        self.w = zeros(H) if spec.score else None
        self.bends = zeros(T if T * B * S * H <= MOST_KEPT else 1, B, S, H) if spec.score else self.keys[None]
        self.slopes = np.zeros_like(self.bends) if spec.score else self.bends
        self.bent_at, self.local_at = [-1] * len(self.bends), [-1] * len(self.bends)
        self.query, self.value = self._rows(buffers, spec.query), self._rows(buffers, spec.name)

    def _rows(self, buffers: Buffers, name: str) -> list[Floats]:
        """A node at every step as (B, H), views."""
        steps = buffers.steps([name]) or []
        return [s if self.sizes.batch else s[None] for s in steps]

    def load(self, params: Mapping[str, Floats]) -> None:
        """Take the weights of this attention."""
        if self.Q is not None:
            np.copyto(self.Q, params[str(self.spec.keys)])
        if self.R is not None:
            np.copyto(self.R, params[str(self.spec.values)])
        if self.w is not None:
            np.copyto(self.w, params[str(self.spec.score)])

    def remember(self, memory: Floats, padding: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None") -> None:
        """Take the memory (B, S, H) and where it is only padding (B, S)."""
        np.copyto(self.memory, memory)
        np.copyto(self.keys, memory if self.Q is None else memory @ self.Q.T)
        np.copyto(self.values, memory if self.R is None else memory @ self.R.T)
        self.padding[...] = False if padding is None else padding

    def forward(self, t: int) -> None:
        """The weights and the average of step t."""
        query, place = self.query[t], t % len(self.bends)
        self.bent_at[place] = self.local_at[place] = -1
        score = (self._bent(t) @ self.w) if self.w is not None else np.einsum("bsh,bh->bs", self.keys, query)
        score = np.where(self.padding, -np.inf, score)
        top = np.exp(score - score.max(axis=-1, keepdims=True))
        np.divide(top, top.sum(axis=-1, keepdims=True), out=self.weights[t])
        np.copyto(self.value[t], np.einsum("bs,bsh->bh", self.weights[t], self.values))

    def _bent(self, t: int) -> Floats:
        """tanh(q + k_j): (B, S, H); kept of every step, or of the last one that was asked for."""
        place = t % len(self.bends)
        room = self.bends[place]
        if self.bent_at[place] != t:
            self.bent_at[place] = t
            np.tanh(np.add(self.query[t][:, None], self.keys, room), room)
        return np.asarray(room)

    def local(self, t: int) -> Floats:
        """d(score_j)/d(query), which is d(score_j)/d(key_j) for the additive score: (B, S, H)."""
        place = t % len(self.slopes)
        room = self.slopes[place]
        if self.w is not None and self.local_at[place] != t:
            self.local_at[place] = t
            np.square(self._bent(t), room)
            np.multiply(np.subtract(1.0, room, room), self.w, room)
        return np.asarray(room)

    def score_slopes(self, t: int, rows: Floats) -> Floats:
        """dJ/de of rows dJ/dv (R, B, H): (R, B, S), back through the average and the softmax."""
        weights = self.weights[t]
        inner = _by_sequence(rows, self.values.transpose(0, 2, 1))
        inner -= np.vecdot(weights, inner)[..., None]
        inner *= weights
        return inner

    def pull(self, t: int, rows: Floats) -> Floats:
        """dJ/dq of rows dJ/dv: (R, B, H)."""
        return _by_sequence(self.score_slopes(t, rows), self.local(t))

    def memory_gradient(self, rows: Floats) -> Floats:
        """dJ/dM (B, S, columns) of dJ/dv = rows (T, B, H)."""
        slopes = self.waiting(1)
        for t, row in enumerate(rows):
            slopes[:, t, 0] = self.score_slopes(t, row[None])[0]
        return self.pull_all(rows[:, None], slopes)[:, 0].transpose(1, 0, 2)

    def waiting(self, R: int) -> Floats:
        """Room for dJ/de of R rows at every step, (B, T, R, S), laid out as `pull_all` reads it."""
        T, B, S = self.weights.shape
        dtype = self.weights.dtype
        return np.zeros((B, T, R, S), dtype) if self.w is None else np.zeros((B, S, T, R), dtype).transpose(0, 2, 3, 1)

    def sum_gradients(self, rows: Floats, grads: Mapping[str, Floats]) -> None:
        """Fill the gradients of Q, R and w, summed over time, of dJ/dv = rows (T, B, H)."""
        for t, row in enumerate(rows):
            for name, part in self.parameter_rows(t, row[None]).items():
                whole = grads[name].reshape(self.sizes.H, -1)
                np.copyto(whole, part[0] + whole if t else part[0])

    def pull_all(self, rows: Floats, slopes: Floats, *, causal: bool = False) -> Floats:
        """dJ/dM of rows dJ/dv (T, R, B, H) and their dJ/de (B, T, R, S), summed over all steps: (S, R, B, columns).

        Rows that are `causal` are zero at every step after their own number.
        """
        T, R, B, H = rows.shape
        found, bent = [], self._keys_side_by_side(slopes)
        for b in range(B):
            total = np.empty((slopes.shape[3], R, H), rows.dtype)
            for part, stop in _stretches(T, R, causal=causal):
                pulled = rows[:stop, part, b].reshape(stop, -1)
                np.matmul(self.weights[:stop, b].T, pulled, total[:, part].reshape(len(total), -1))
            total = total if self.R is None else total @ self.R
            if bent is not None:
                total += (bent[b] if self.Q is None else bent[b] @ self.Q)[:, None]
            elif self.w is None:
                self._add_keys(slopes[b], b, total, causal=causal)
            else:
                keys = self._bent_keys(slopes[b], b, causal=causal)
                total += keys if self.Q is None else keys @ self.Q
            found.append(total)
        return np.stack(found, axis=2) if B > 1 else found[0][:, :, None]

    def _keys_side_by_side(self, slopes: Floats) -> Floats | None:
        """dJ/dk (B, S, H) of one row dJ/de (B, T, 1, S) of an additive score: every tanh made once, not B times."""
        B, T, R, _ = slopes.shape
        if self.w is None or R > 1 or B == 1:
            return None
        total = slopes[:, 0, 0, :, None] * self.local(0)
        for t in range(1, T):
            total += slopes[:, t, 0, :, None] * self.local(t)
        return np.asarray(total)

    def _add_keys(self, slopes: Floats, b: int, out: Floats, *, causal: bool) -> None:
        """To out (S, R, columns): dJ/dk Q of one sequence, of its dJ/de (T, R, S) of a dot product, over all steps."""
        asked = np.stack([q[b] for q in self.query])
        asked = asked if self.Q is None else asked @ self.Q
        for r in range(slopes.shape[1]):
            stop = min(r + 1, len(slopes)) if causal else len(slopes)
            out[:, r] += slopes[:stop, r].T @ asked[:stop]

    def _bent_keys(self, slopes: Floats, b: int, *, causal: bool) -> Floats:
        """dJ/dk (S, R, H) of one sequence, of its dJ/de (T, R, S) of an additive score, summed over all steps."""
        T, R, S = slopes.shape
        made = [self.local(t)[b].copy() if len(self.slopes) < T else self.local(t)[b] for t in range(T)]
        local = self.slopes[:, b] if len(self.slopes) == T else np.stack(made)
        out = np.empty((S, R, self.sizes.H), slopes.dtype)
        for part, stop in _stretches(T, R, causal=causal):
            np.matmul(slopes[:stop, part].transpose(2, 1, 0), local[:stop].transpose(1, 0, 2), out[:, part])
        return out

    def parameter_rows(self, t: int, rows: Floats) -> dict[str, Floats]:
        """What step t gives to the gradients of Q, R (rows, H, columns) and w (rows, H, 1), of rows dJ/dv."""
        found, slopes = {}, self.score_slopes(t, rows)
        if self.Q is not None:
            found[str(self.spec.keys)] = self._key_rows(t, slopes)
        if self.R is not None:
            mixed = _by_sequence(self.weights[t][None], self.memory)[0]
            found[str(self.spec.values)] = np.einsum("rbh,bc->rhc", rows, mixed)
        if self.w is not None:
            found[str(self.spec.score)] = _by_sequence(slopes, self._bent(t)).sum(axis=1)[..., None]
        return found

    def _key_rows(self, t: int, slopes: Floats) -> Floats:
        """The sum over places of dJ/dk m^T, of rows dJ/de (R, B, S): (R, H, columns)."""
        if self.w is None:
            return np.asarray(np.einsum("bh,rbc->rhc", self.query[t], _by_sequence(slopes, self.memory)))
        H, C = self.sizes.H, self.memory.shape[2]
        if len(slopes) == 1:
            keys = slopes[0][:, :, None] * self.local(t)
            return np.asarray((keys.reshape(-1, H).T @ self.memory.reshape(-1, C))[None])
        outer = self.local(t)[:, :, :, None] * self.memory[:, :, None]
        whole = slopes.reshape(len(slopes), -1) @ outer.reshape(-1, H * C)
        return np.asarray(whole.reshape(len(slopes), H, C))

    def turned(self, grads: Mapping[str, Floats]) -> tuple[Floats, Floats]:
        """What `looked_at` wants of one sequence's memory at every step: M M^T and M G^T, G the gradient of Q."""
        memory = self.memory[0]
        return memory @ memory.T, memory @ grads[str(self.spec.keys)].T if self.Q is not None else memory

    def looked_at(
        self, t: int, rows: tuple[Floats, Floats], grads: Mapping[str, Floats], turned: tuple[Floats, Floats]
    ) -> Readings:
        """Norms of the matrices that `parameter_rows` gives for one sequence, and their inner products with `grads`.

        Without forming them: R, and Q in a dot product, get matrices of rank one; the squared norm of Q's else, which
        is the sum over j of b_j l_j m_j^T, is b^T (L L^T * M M^T) b. `rows` are dJ/dv and dJ/de.
        """
        found, memory, (alike, met_G) = {}, self.memory[0], turned
        pulled, slopes = rows[0][:, 0], rows[1][:, 0]
        if self.Q is not None and self.w is None:
            lengths = _lengths(slopes @ memory) * _lengths(self.query[t])
            found[str(self.spec.keys)] = lengths, slopes @ (met_G @ self.query[t][0])
        elif self.Q is not None:
            local = self.local(t)[0]
            lengths = self._key_lengths(t, slopes, (local @ local.T) * alike)
            found[str(self.spec.keys)] = lengths, slopes @ np.vecdot(local, met_G)
        if self.R is not None:
            mixed, G = self.weights[t, 0] @ memory, grads[str(self.spec.values)]
            found[str(self.spec.values)] = _lengths(pulled) * _lengths(mixed[None]), pulled @ (G @ mixed)
        if self.w is not None:
            bent = slopes @ self._bent(t)[0]
            found[str(self.spec.score)] = _lengths(bent), bent @ grads[str(self.spec.score)]
        return found

    def _key_lengths(self, t: int, slopes: Floats, alike: Floats) -> Floats:
        """The roots of b^T E b for slopes b (R, S); what has lost digits in them is done over with care."""
        squares = np.vecdot(slopes @ alike, slopes)
        most = np.abs(slopes) @ np.sqrt(np.abs(np.diagonal(alike)))
        low, high = BOUNDS[slopes.dtype]
        sure = (squares > low) & (squares >= LEAST_LEFT * most * most) & (squares < high)
        lengths, lost = np.sqrt(squares), np.flatnonzero(~sure)
        if len(lost):
            lengths[lost] = 0.0
            lost = lost[most[lost] != 0]
            lengths[lost] = self._key_lengths_again(t, slopes[lost], alike)
        return np.asarray(lengths)

    def _key_lengths_again(self, t: int, slopes: Floats, alike: Floats) -> Floats:
        """The same of rows scaled by their largest entry; what cancels even so is formed after all."""
        unit = np.abs(slopes).max(axis=1, initial=0.0)
        scaled = slopes / np.where(unit > 0, unit, 1.0)[:, None]
        squares = np.vecdot(scaled @ alike, scaled)
        bound = np.square(np.abs(scaled) @ np.sqrt(np.abs(np.diagonal(alike))))
        lost = np.flatnonzero((squares < LEAST_LEFT * bound) & (unit > 0))
        if len(lost):
            parts = self._key_rows(t, scaled[lost][:, None])
            squares[lost] = np.square(parts).sum(axis=(1, 2))
        return np.asarray(np.sqrt(squares) * unit)


def _stretches(T: int, R: int, *, causal: bool) -> Iterator[tuple[slice, int]]:
    """Errors that go back to the memory in one product, and how many steps they have heard of, if they are `causal`."""
    for r in range(0, R, BLOCK if causal else R):
        part = slice(r, min(r + BLOCK, R) if causal else R)
        yield part, min(part.stop, T) if causal else T


def _lengths(rows: Floats) -> Floats:
    """|row| of rows (R, n)."""
    out = np.empty(len(rows), rows.dtype)
    norms(np.ascontiguousarray(rows), out)
    return out


def _by_sequence(rows: Floats, matrices: Floats) -> Floats:
    """Rows (R, B, M) times a matrix for each sequence (B, M, N): (R, B, N), as one product a sequence."""
    return np.asarray(np.matmul(rows.transpose(1, 0, 2), matrices).transpose(1, 0, 2))


def attends_of(buffers: Buffers, memory: tuple[int, int] | None) -> tuple[Attend, ...]:
    """The attentions of a cell; `memory` is its (S, H)."""
    if memory is None and buffers.cell.attentions:
        raise ValueError("a cell with attention needs the size of its memory")
    return tuple(Attend(a, buffers, memory) for a in buffers.cell.attentions if memory)


def asked_into(attend: Attend, t: int, value: Floats, out: Floats) -> None:
    """out (..., H) += dJ/dq for dJ/dv = value (..., H), at step t."""
    out += attend.pull(t, value.reshape(1, -1, attend.sizes.H)).reshape(out.shape)


def asked_rows(attend: Attend, t: int, value: Floats, out: Floats, slopes: dict[str, Floats]) -> None:
    """The same for rows (R, B, H), whose dJ/de (R, B, S) are left in `slopes` by the name of the attention."""
    slopes[attend.spec.name] = found = attend.score_slopes(t, value)
    out += _by_sequence(found, attend.local(t))
