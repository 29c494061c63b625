"""Break networks, attention, heads, windows, clipping and optimisers by hand; the checks must notice every time.

As in `test_mutants`: a text that stands exactly once in a file of the engine, replaced by another.
"""

import numpy as np
import pytest

from tests.core.test_mutants import MUTANTS as OF_ONE_CHAIN
from tests.core.watchdog import engine
from tests.core.watchdog_networks import complaints

MUTANTS: dict[str, tuple[str, str, str]] = {
    # -- attention ------------------------------------------------------------------------------------------
    "a score forgets tanh's slope": (
        "attention",
        "np.square(self._bent(t), room)",
        "np.multiply(self._bent(t), 0.0, room)",
    ),
    "the softmax has no cross terms": (
        "attention",
        "inner -= np.vecdot(weights, inner)[..., None]",
        "pass",
    ),
    "the look counts padding": ("attention", "np.where(self.padding, -np.inf, score)", "score"),
    "the weights do not sum to one": (
        "attention",
        "np.divide(top, top.sum(axis=-1, keepdims=True)",
        "np.divide(top, 2.0",
    ),
    "the query hears nothing of what it found": ("program", "columns.append([(asked_into,", "list([(asked_into,"),
    "the rows' query hears nothing": ("attention", "out += _by_sequence(found, attend.local(t))", "out += 0.0"),
    "the memory is moved by the weights of another step": (
        "attention",
        "np.matmul(self.weights[:stop, b].T",
        "np.matmul(self.weights[:stop][::-1, b].T",
    ),
    "the score's vector is moved half": (
        "attention",
        "_by_sequence(slopes, self._bent(t)).sum(axis=1)",
        "0.5 * _by_sequence(slopes, self._bent(t)).sum(axis=1)",
    ),
    "R meets the memory with the weights of another step": (
        "attention",
        "mixed = _by_sequence(self.weights[t][None]",
        "mixed = _by_sequence(self.weights[t - 1][None]",
    ),
    "every sequence asks what the first one asks": (
        "attention",
        "[q[b] for q in self.query]",
        "[q[0] for q in self.query]",
    ),
    "of one sequence, Q gets what another step looked at": (
        "attention",
        "lengths = self._key_lengths(t, slopes, (local @ local.T) * alike)",
        "lengths = self._key_lengths(t, slopes, (local @ local.T) + alike)",
    ),
    # -- direction, layers, hand-over -----------------------------------------------------------------------
    "a reversed chain turns the padding, too": (
        "networks",
        "np.where(steps < self.lengths, self.lengths - 1 - steps, steps)",
        "len(array) - 1 - steps + 0 * self.lengths",
    ),
    "a reversed chain reads forward": ("networks", "return array[::-1]", "return array"),
    "a layer sends its gradient down unturned": (
        "networks",
        "whole = self.turn(block, chain.input_gradient())",
        "whole = chain.input_gradient()",
    ),
    "a layer keeps its gradient to itself": (
        "networks",
        "+= self.turn(self.block(name), part)\n        if block.memory:",
        "+= 0 * self.turn(self.block(name), part)\n        if block.memory:",
    ),
    "what was looked at hears nothing": (
        "networks",
        "+= self.turn(self.block(name), part)\n        if block.start:",
        "+= 0 * part\n        if block.start:",
    ),
    "the encoder is handed no gradient": ("networks", "np.arange(self.B)] += part", "np.arange(self.B)] += 0 * part"),
    "the decoder begins with the state of the padding": (
        "networks",
        "if self.lengths is None else np.asarray(self.lengths - 1)",
        "if True else np.asarray(self.lengths - 1)",
    ),
    "the decoder begins with zeros": ("networks", "chain.begin(self.ends(block.start))", "pass"),
    "both directions get each other's gradient": (
        "networks",
        "zip(self._outputs(), parts, strict=True)}",
        "zip(self._outputs(), parts[::-1], strict=True)}",
    ),
    "the output layer's V forgets a direction": (
        "networks",
        'np.matmul(delta.T, flat(self._states()), out=self.grads["V"])',
        'np.matmul(delta.T, flat(self._states()[..., ::-1]), out=self.grads["V"])',
    ),
    # -- the (t, k) matrices of networks --------------------------------------------------------------------
    "errors pass down to the wrong step": (
        "network_gradients",
        "time = chain.sizes.T - 1 - k if block.reverse else k",
        "time = k",
    ),
    "errors are not handed to the encoder": (
        "network_gradients",
        "int(time)), (errors, b), part[:, b])",
        "int(time)), (errors, b), 0 * part[:, b])",
    ),
    "errors do not take the shortcut": ("network_gradients", "look.send(above)", "pass"),
    "a reversed matrix is shown the wrong way round": (
        "network_gradients",
        "return matrix[::-1, ::-1] if alone",
        "return matrix if alone",
    ),
    "a window counts from the wrong end of the source": (
        "network_truncation",
        "return errors + T - k",
        "return errors + k",
    ),
    "a window of a network is one too wide": (
        "network_truncation",
        "number == (steps if every",
        "number == (steps + 1 if every",
    ),
    # -- heads ----------------------------------------------------------------------------------------------
    "squares have half their slope": ("heads", "2.0 * self.mask[..., None]", "self.mask[..., None]"),
    "squares do not heed the mask": ("heads", "2.0 * self.mask[..., None]", "2.0"),
    "chances have no error": (
        "heads",
        "np.subtract(self.probs, target, self.delta)\n        np.multiply(self.delta, self.mask[..., None]",
        "np.copyto(self.delta, self.probs)\n        np.multiply(self.delta, self.mask[..., None]",
    ),
    "chances are of the wrong sign": (
        "heads",
        "(minus(self.logits, self.probs),",
        "((np.copyto, (self.probs, self.logits)),",
    ),
    "the loss of chances forgets the target": (
        "heads",
        "np.logaddexp(0.0, self.logits) - target * self.logits",
        "np.logaddexp(0.0, self.logits) - self.logits",
    ),
    # -- truncation, clipping, optimisers -------------------------------------------------------------------
    "training does not carry its states": (
        "train",
        "self.states, self.past = self.net.states_before(cut)",
        "self.states, self.past = {}",
    ),
    "training carries the states of another step": (
        "train",
        "self.net.states_before(cut)",
        "self.net.states_before(0)",
    ),
    "training forgets the past": ("train", "_part(window, cut, None)\n", "None\n"),
    "training learns the past again": ("train", "share[old:] = chunk.mask", "share[:] = window.mask"),
    "a clipped norm is the square of the threshold": (
        "optim",
        "np.multiply(g, threshold / total, out=g)",
        "np.multiply(g, threshold * threshold / total, out=g)",
    ),
    "what is short enough is made longer": ("optim", "if not found.total > threshold:", "if not found.total > 0:"),
    "values are clipped on one side": (
        "optim",
        "np.clip(g, -threshold, threshold, out=g)",
        "np.clip(g, None, threshold, out=g)",
    ),
    "gradient descent climbs": ("optim", "    p -= rate * g\n", "    p += rate * g\n"),
    "momentum does not fade": ("optim", "    v *= keep\n    v += g\n", "    v += g\n"),
    "RMSprop forgets the root": ("optim", "p -= rate * g / (np.sqrt(v) + 1e-8)", "p -= rate * g / (v + 1e-8)"),
    "Adam is not freed of its start": ("optim", "root *= rate / (1 - 0.9**n)", "root *= rate"),
    "Adam frees the square of its start too late": ("optim", "np.sqrt(1 - 0.999**n)", "np.sqrt(1 - 0.999 ** (n + 1))"),
    "a rate is halved a step too early": ("optim", "0.5 ** ((n - 1) // span)", "0.5 ** (n // span)"),
}


def test_the_engine_as_it_is_draws_no_complaint() -> None:
    with engine():
        assert not list(complaints())


@pytest.mark.parametrize("name", MUTANTS)
def test_the_checks_kill_the_mutant_in_which(name: str) -> None:
    """By a wrong number: a mutant that merely falls over would prove nothing."""
    with engine(*MUTANTS[name]), np.errstate(all="ignore"):
        assert next(complaints(), None) is not None, f"nobody noticed that {name}"


def test_there_are_enough_mutants_and_no_two_are_the_same() -> None:
    both = [*MUTANTS.values(), *OF_ONE_CHAIN.values()]
    assert len(set(both)) == len(both) >= 100
