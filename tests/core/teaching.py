"""Short training runs for tests: one network, one collection, one seed."""

from itertools import islice
from typing import Any

import numpy as np

from core.data import Batch, Carry, Collection
from core.optim import CLIPPINGS, OPTIMISERS, lengths
from core.recipe import make_recipe
from core.train import learner
from core.unrollings import Learner


def taught(collection: Collection, recipe: dict[str, Any], *, updates: int, rate: float, B: int = 32) -> Learner:
    """A network after some updates with Adam on the part that is learnt from."""
    task, chosen, rng = collection.task(), make_recipe({"init": "orthogonal", **recipe}), np.random.default_rng(1)
    net, adam = learner(chosen, task, "float32"), OPTIMISERS["adam"]
    for name, first in net.drawn(chosen).items():
        net.params[name][...] = first
    carry: Carry = ()
    slots, states = adam.start(net.params), None
    for n in range(1, updates + 1):
        batch, carry = more(collection, rng, B, carry)
        made = net.learn(batch._replace(mask=batch.mask / batch.mask.sum()), states)
        states = net.states_before(len(batch.x)) if collection.stream else None
        CLIPPINGS["norm"].clip(made.grads, lengths(made.grads), 1.0)
        adam.update(net.params, made.grads, slots, rate, n)
    return net


def more(collection: Collection, rng: np.random.Generator, B: int, carry: Carry) -> tuple[Batch, Carry]:
    """The next batch at the collection's own length."""
    return collection.task().more(rng, B, collection.length, carry)


def held_out_loss(net: Learner, collection: Collection, B: int = 50) -> float:
    """The mean loss over counted steps of the part that was not learnt from: its first 4 B examples."""
    batches = list(islice(collection.held_out(B), 4))
    return float(sum(net.loss(b) * b.mask.sum() for b in batches) / sum(b.mask.sum() for b in batches))
