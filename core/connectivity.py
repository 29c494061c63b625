"""What an answer depends on: the gradient of one logit at step t with respect to the input at step k.

`||d logit_t[y_t] / d x_k||`, y_t the right class, is what Madsen (Distill, 2019) calls connectivity: how much the
answer at t would change with what was read at k, whether or not the network learnt anything from it.

A batch of copies of one sequence, each asked about another step, gives as many rows in one backward pass.
"""

import numpy as np

from core.arrays import PAIR, Array
from core.material import Material
from core.networks import Network
from core.ops import Floats
from core.step import Named
from core.unrolled import Unrolled, given_to, unrolled
from core.wiring import Wiring

COPIES = 16


def connectivity(wiring: Wiring, params: Named, given: Material) -> dict[str, Array]:
    """`connectivity` (time_t, time_k) of one sequence, or (time_t, source_k) where an encoder reads.

    Where answers are values and not classes, the first output is asked about. Exactly 0 where k is out of reach.
    """
    T, asked = len(given.batch.mask), asked_of(given)
    (_, _, I), O, H = given.batch.x.shape, len(given.task.outputs), params["V"].shape[1] // _width(wiring)
    copies = min(COPIES, T)
    net = unrolled(wiring, T=T, B=copies, I=I, H=H, O=O, head=given.task.head)
    net.load(params)
    rows = [_rows(net, given, asked, range(first, min(first + copies, T))) for first in range(0, T, copies)]
    dims = ("time_t", "source_k") if given.source else PAIR
    return {"connectivity": Array(np.concatenate(rows), dims)}


def asked_of(given: Material) -> "np.ndarray[tuple[int], np.dtype[np.intp]]":
    """Which output each step is asked about: (T,)."""
    target = given.batch.target
    return target[:, 0].astype(np.intp) if target.ndim == 2 else np.zeros(len(target), np.intp)


def _width(wiring: Wiring) -> int:
    """How many chains the output layer reads."""
    return len(wiring.topology.output) if wiring.topology else 1


def _rows(net: Unrolled, given: Material, asked: "np.ndarray[tuple[int], np.dtype[np.intp]]", steps: range) -> Floats:
    """The rows of some steps: (len(steps), S)."""
    copies = net.B if isinstance(net, Network) else net.sizes.B
    x, target, mask = (np.repeat(a, copies, axis=1) for a in given.batch)
    net.run(given_to(net, given.batch._replace(x=x, target=target)), target, mask=mask)
    delta = np.zeros((len(mask), copies, len(given.task.outputs)))
    delta[list(steps), range(len(steps)), asked[list(steps)]] = 1.0
    found = np.linalg.norm(_sent_back(net, delta), axis=2).T
    return np.asarray(found[: len(steps)])


def _sent_back(net: Unrolled, delta: Floats) -> Floats:
    """The gradient in the input (S, B, I) of one in the logits (T, B, O), right after a run."""
    np.copyto(net.head.delta, delta.reshape(net.head.delta.shape))
    net.run_backward()
    return net.input_gradient()
