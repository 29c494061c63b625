"""(h) A trace against nothing but its own matrix products, the same shapes in the same order."""

from collections.abc import Callable, Iterator

from bench.engine import prepared
from bench.measure import pooled
from bench.opponents.head import Floats, aligned, laid_out
from bench.problems import make_problem
from bench.report import Figure

# How many matrices a step multiplies with the state at once, product after product.
PRODUCTS = {"rnn-tanh": (1,), "lstm": (4,), "gru": (2, 1)}
Call = tuple[Callable[[Floats, Floats], object], tuple[Floats, Floats]]


def products(cell: str, T: int, H: int, I: int) -> list[Call]:
    """All products of a forward and backward pass and of the gradients, as calls."""
    gates = sum(PRODUCTS[cell])
    x, states, deltas, logits = aligned(T, I + 1), aligned(T, H), aligned(T, gates * H), aligned(T, I)
    steps = [(laid_out(aligned(n * H, H)), aligned(H), aligned(n * H)) for n in PRODUCTS[cell]]
    back = [(laid_out(aligned(H, n * H)), aligned(n * H), aligned(H)) for n in PRODUCTS[cell]]
    once: list[Call] = [
        (x.dot, (aligned(I + 1, gates * H), deltas)),
        (states.dot, (aligned(I, H).T, logits)),
        (logits.dot, (aligned(I, H), states)),
        (logits.T.dot, (states, aligned(I, H))),
        (deltas.T.dot, (x, aligned(gates * H, I + 1))),
        (deltas.T.dot, (states, aligned(gates * H, H))),
    ]
    return [*once, *((m.dot, (v, out)) for _ in range(T) for m, v, out in (*steps, *back))]


def floor(rounds: int) -> Iterator[Figure]:
    """(h) The whole trace over its products."""
    for cell in PRODUCTS:
        problem = make_problem(cell, 200, 128, I=64)

        def pair() -> tuple[Callable[[], object], Callable[[], object]]:
            calls = products(problem.cell, 200, 128, 64)  # noqa: B023 - used within the turn of the loop

            def multiply() -> None:
                for function, arguments in calls:
                    function(*arguments)

            return prepared(problem)[1], multiply  # noqa: B023

        found = pooled(pair, builds=max(1, rounds // 5), rounds=5)
        name = f"{cell} (200, 128): trace over its matrix products alone"
        yield Figure("h", name, found.first, found.second, "ms", found.ratio, "<=", 2.5)
