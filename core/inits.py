"""Where weights begin. Each init is (rng, shape, gain) -> array; the generator is always an argument."""

from collections.abc import Callable

import numpy as np

from core.ops import Floats

Init = Callable[[np.random.Generator, tuple[int, ...], float], Floats]


def normal(rng: np.random.Generator, shape: tuple[int, ...], gain: float) -> Floats:
    """Normal, standard deviation gain / sqrt(columns): a square matrix has spectral radius near gain."""
    return np.asarray(rng.standard_normal(shape) * (gain / np.sqrt(shape[-1])))


def xavier(rng: np.random.Generator, shape: tuple[int, ...], gain: float) -> Floats:
    """Uniform within gain * sqrt(6 / (rows + columns)) (Glorot and Bengio 2010, eq. 16)."""
    limit = gain * np.sqrt(6.0 / sum(shape))
    return np.asarray(rng.uniform(-limit, limit, shape))


def orthogonal(rng: np.random.Generator, shape: tuple[int, ...], gain: float) -> Floats:
    """gain * a rotation or reflection, uniformly distributed (Mezzadri 2007: QR with the signs of R's diagonal)."""
    q, r = np.linalg.qr(rng.standard_normal(shape))
    return np.asarray(gain * q * np.sign(np.diag(r)))


def identity(_rng: np.random.Generator, shape: tuple[int, ...], gain: float) -> Floats:
    """gain on the diagonal (Le, Jaitly and Hinton 2015, with gain 1)."""
    return gain * np.eye(shape[0], shape[-1])


def zeros(_rng: np.random.Generator, shape: tuple[int, ...], _gain: float) -> Floats:
    """Nothing."""
    return np.zeros(shape)


INITS: dict[str, Init] = {
    "normal": normal,
    "xavier": xavier,
    "orthogonal": orthogonal,
    "identity": identity,
    "zeros": zeros,
}
