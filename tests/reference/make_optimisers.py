"""Make the reference updates of the optimisers with PyTorch, in float64, from gradients drawn once."""

from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).parent
UPDATES = 6
MAKERS = {
    "sgd": lambda p, rate: torch.optim.SGD(p, lr=rate),
    "momentum": lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.9),
    "rmsprop": lambda p, rate: torch.optim.RMSprop(p, lr=rate, alpha=0.9, eps=1e-8),
    "adam": lambda p, rate: torch.optim.Adam(p, lr=rate),
}


def main() -> None:
    """Write parameters after each of a few updates, for each optimiser, and torch's clipped gradients."""
    rng = np.random.default_rng(0)
    start, grads = (
        rng.normal(size=(2, 3)),
        rng.normal(size=(UPDATES, 2, 3)) * 10.0 ** rng.integers(-3, 3, (UPDATES, 2, 3)),
    )
    found = {"start": start, "grads": grads}
    for name, make in MAKERS.items():
        p = torch.nn.Parameter(torch.as_tensor(start.copy()))
        optimiser = make([p], 0.05)
        path = []
        for g in grads:
            p.grad = torch.as_tensor(g.copy())
            optimiser.step()
            path.append(p.detach().numpy().copy())
        found[name] = np.stack(path)
    np.savez(HERE / "optimisers.npz", **found)


if __name__ == "__main__":
    main()
