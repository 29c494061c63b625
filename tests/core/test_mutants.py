"""Break the backward pass by hand, one place at a time: the checks must notice every single time.

A mutant is a file of the engine and one text in it, which must stand there exactly once, replaced by another. When a
line here no longer applies, the engine was rewritten: give the mutant its new text, do not delete it.
"""

import numpy as np
import pytest

from tests.core.watchdog import complaints, engine

MUTANTS: dict[str, tuple[str, str, str]] = {
    # -- the derivation -------------------------------------------------------------------------------------
    "the chain rule drops a factor": ("adjoint", "tuple(sorted(factors + more))", "tuple(sorted(factors))"),
    "the chain rule drops a sign": ("adjoint", "scale * other", "abs(scale * other)"),
    "like terms overwrite one another": ("adjoint", "found.get(factors, 0.0) + scale", "scale"),
    "a product passes on the wrong factor": ("adjoint", "(left, ((1.0, (right,)),))", "(left, ((1.0, (left,)),))"),
    "a product gives its right side half": ("adjoint", "(right, ((1.0, (left,)),))", "(right, ((0.5, (left,)),))"),
    "a product forgets its right side": ("adjoint", "(right, ((1.0, (left,)),))", "(right, ((0.0, (left,)),))"),
    "a difference is a sum": ("adjoint", "[(a, ((sign, ()),))", "[(a, ((abs(sign), ()),))"),
    "squashing has slope one": ("adjoint", """((1.0, (f"{node.name}'",)),)""", "((1.0, ()),)"),
    "a carry is lost": ("adjoint", '.removesuffix("_prev")] = carries', '.removesuffix("_prev")] = carries[1:]'),
    "a base forgets a term": ("adjoint", "Base(node.name, terms, _feeds", "Base(node.name, terms[:1], _feeds"),
    # -- the coefficients -----------------------------------------------------------------------------------
    "a coefficient loses its scale": ("coefficients", "if scale != 1.0:", "if scale > 1.0:"),
    "a coefficient loses its values": ("coefficients", "for value in values:", "for value in values[1:]:"),
    "what monomials share is added": (
        "coefficients",
        "yield np.multiply, (out, total, out)",
        "yield np.add, (out, total, out)",
    ),
    "a group takes one value for all": ("coefficients", "in plain[first:last]]", "in plain[first : first + 1]]"),
    # -- the sweep with one row -----------------------------------------------------------------------------
    "a carry comes from the same step": ("program", ", first=1) for s in", ", first=0) for s in"),
    "carries are left out": ("program", "for s in self.plan.carries.get(name, ())]", "for s in ()]"),
    "the step after sends nothing through U": (
        "program",
        'terms.append([self.results[f"{name}_prev"]] * b.sizes.T)',
        "pass",
    ),
    "a state forgets what it feeds in its own step": (
        "program",
        "terms.append([self.results[name]] * b.sizes.T)",
        "pass",
    ),
    "the last run is not forgotten": ("unroll", "yield from self.backward.reset()", "pass"),
    "time runs forward": ("program", "column[part][::-1]", "column[part]"),
    "a coefficient is added to its gradient": ("program", "(np.multiply, (d, g, d))", "(np.add, (d, g, d))"),
    "a product takes the wrong block": ("program", "[value][i * h : (i + 1) * h]", "[value][:h]"),
    "a product forgets its other blocks": ("program", "(np.add, (r, part, r))", "(np.add, (r, r, r))"),
    "U goes back without being transposed": (
        "unroll",
        "np.copyto(block, self.params[use.parameter])",
        "np.copyto(block, self.params[use.parameter].T)",
    ),
    # -- the head -------------------------------------------------------------------------------------------
    "the seed forgets the target": ("heads", "self.delta.reshape(-1)[self.index] -= self.mask", "pass"),
    "the seed has the wrong sign at the target": ("heads", "[self.index] -= self.mask", "[self.index] += self.mask"),
    "the mask is not heeded": (
        "heads",
        "np.multiply(self.probs, self.mask[..., None], self.delta)",
        "np.copyto(self.delta, self.probs)",
    ),
    "the seed is one part in ten thousand too large": (
        "unroll",
        'multiply(delta, self.params["V"], out)',
        'multiply(delta, 1.0001 * self.params["V"], out)',
    ),
    "the loss stands at all steps but the last": ("unroll", "self.head.mask[:-1] = 0.0", "self.head.mask[-1:] = 0.0"),
    # -- the weights ----------------------------------------------------------------------------------------
    "a bias reads the gradient of W": ("unroll", "self.grads[bias] = rows[:, -1]", "self.grads[bias] = rows[:, 0]"),
    "U meets the state after the step": (
        "unroll",
        "else self.rows(value)",
        'else self.rows(value.removesuffix("_prev"))',
    ),
    "V meets the state before the step": (
        "unroll",
        '(self.rows(cell.output), self.grads["V"])',
        '(self.rows(f"{cell.output}_prev"), self.grads["V"])',
    ),
    # -- the slopes -----------------------------------------------------------------------------------------
    "tanh has slope 1 + y y": (
        "ops",
        "(np.subtract, (number(1, out), out, out))",
        "(np.add, (number(1, out), out, out))",
    ),
    "sigmoid has slope 1 - y": ("ops", "(np.multiply, (out, y, out))", "(np.positive, (out, out))"),
    "ReLU has slope one everywhere": (
        "ops",
        "((np.greater, (x, number(0, x), out)),)",
        "((np.copyto, (out, number(1, out))),)",
    ),
    "tanh has the slope of sigmoid": ("ops", "((np.tanh, (x, y)),), tanh_slope", "((np.tanh, (x, y)),), sigmoid_slope"),
    # -- what is shown of it --------------------------------------------------------------------------------
    "a node is shown without its coefficient": (
        "instruments",
        "coefficients.times(coefficient, b.G.column(base)[part], out)",
        "coefficients.calls(coefficient, out)",
    ),
    # -- the sweep with many rows ---------------------------------------------------------------------------
    "each error is seeded in the wrong row": (
        "sweep",
        "(np.add, (rows[0], own, rows[0]))",
        "(np.add, (rows[-1], own, rows[-1]))",
    ),
    "each error is seeded a step too late": (
        "sweep",
        "zip(out, self.diagonal, strict=True)",
        "zip(out, self.diagonal[[0, *range(len(out) - 1)]], strict=True)",
    ),
    "rows forget the carry": ("sweep", "terms += [self._alive(self.carried[base.name])]", "terms += []"),
    "rows forget what comes through U": (
        "sweep",
        'terms += [self._later(f"{base.name}_prev")]',
        "terms += []",
    ),
    "rows forget their own product": ("sweep", "terms += [self._own(base.name)]", "terms += []"),
    "rows take the coefficients of the step before": (
        "sweep",
        "zip(self.coefficients[:, :, part],",
        "zip(np.roll(self.coefficients, 1, axis=0)[:, :, part],",
    ),
    "rows keep what an earlier sweep left": ("sweep", "incoming.fill(0.0)", "pass"),
    "folded matrices take the coefficients of another step": (
        "sweep",
        "for column in self.coefficients[:, :, index]",
        "for column in np.roll(self.coefficients, 1, axis=0)[:, :, index]",
    ),
    "folded matrices forget all but one slot": (
        "sweep",
        "(self.folded, self.term, self.folded)",
        "(self.folded, 0.0, self.folded)",
    ),
    "a lean sweep puts a term in from another step": (
        "sweep",
        "zip(self.coefficients[:, :, index],",
        "zip(np.roll(self.coefficients, 1, axis=0)[:, :, index],",
    ),
    "rows read what they have just written": (
        "sweep",
        "pair[(k + 1) % 2][self.alive(k)] for",
        "pair[k % 2][self.alive(k)] for",
    ),
    "rows carry one state only": (
        "sweep",
        "yield [(np.add, (out, term, out)) if number",
        "yield [(np.copyto, (out, term)) if number",
    ),
    # -- the readings ---------------------------------------------------------------------------------------
    "the window is one too wide": ("gradients", "np.sum(deltas[:steps], axis=0", "np.sum(deltas[: steps + 1], axis=0"),
    "the window is one too narrow": (
        "gradients",
        "np.sum(deltas[:steps], axis=0",
        "np.sum(deltas[: max(steps - 1, 1)], axis=0",
    ),
    "the windows of the slider lag behind": ("gradients", "lags[: T - lag, lag,", "lags[: T - lag, max(lag - 1, 0),"),
    "a norm takes the coefficients of another step": ("gradients", "coefficient[k].T", "coefficient[k - 1].T"),
    "a norm does not square its coefficients": (
        "gradients",
        "np.square(sweep.coefficients[:, 0, _picked(index)])",
        "np.abs(sweep.coefficients[:, 0, _picked(index)])",
    ),
    "a contribution forgets what the weight met": (
        "gradients",
        "[self.place[use.slot]], met[:, 0]",
        "[self.place[use.slot]], 1.0",
    ),
    "contributions are read along the wrong axis": (
        "gradients",
        "self.squares.transpose(2, 1, 0)",
        "self.squares.transpose(2, 0, 1)",
    ),
    "a batch forgets its mixed terms": ("gradients", '"rbc,bc->r"', '"rbb,bb->r"'),
    "a share forgets the gradient of the weight": (
        "gradients",
        "values(ws, u) @ (gradient(ws, u) / scale).T",
        "values(ws, u) @ (0 * gradient(ws, u) + 1).T",
    ),
    # -- the Jacobians --------------------------------------------------------------------------------------
    "a Jacobian forgets the carry": ("jacobians", "out[:, :, :, i] += slots[name].dense()", "pass"),
    "a Jacobian transposes U": ("jacobians", ".times(ws.params[u.parameter])", ".times(ws.params[u.parameter].T)"),
    "Jacobians multiply in the wrong order": ("jacobians", "if after else", "if not after else"),
    "a block of the Jacobian is read from the wrong state": (
        "jacobians",
        "L[:, block].swapaxes(1, 2), L[:, block], G",
        "L[:, blocks[0]].swapaxes(1, 2), L[:, blocks[0]], G",
    ),
}


def test_the_engine_as_it_is_draws_no_complaint() -> None:
    with engine() as unchanged:
        assert not list(complaints(unchanged))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_checks_kill_the_mutant_in_which(name: str) -> None:
    """By a wrong number: a mutant that merely falls over would prove nothing."""
    with engine(*MUTANTS[name]) as mutant, np.errstate(all="ignore"):
        assert next(complaints(mutant), None) is not None, f"nobody noticed that {name}"


def test_there_are_enough_mutants_and_no_two_are_the_same() -> None:
    assert len(MUTANTS) >= 60
    assert len(set(MUTANTS.values())) == len(MUTANTS)
