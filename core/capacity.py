"""How much of the past a state still knows: memory capacity, exact for linear networks, measured for any.

The input is one number a step, drawn afresh each time. MC_k is the share of the variance of the input k steps ago
that the best linear reading of the state recovers; for a linear network of N units all MC_k together are at most N
(Jaeger 2001).
"""

import numpy as np

from core.ops import Floats


def linear_capacity(U: Floats, w: Floats, lags: int) -> Floats:
    """MC_k for k = 0..lags-1 of s_t = U s_{t-1} + w x_t: U (N, N) of spectral radius below 1, w (N,) -> (lags,).

    The state's covariance is C = sum U^k w w^T U^kT, and MC_k = (U^k w)^T C^-1 (U^k w).
    """
    echoes = np.empty((lags, len(w)))
    echo = w
    for k in range(lags):
        echoes[k], echo = echo, U @ echo
    root = np.linalg.cholesky(covariance(U, w))
    return np.asarray(np.square(np.linalg.solve(root, echoes.T)).sum(axis=0))


def covariance(U: Floats, w: Floats) -> Floats:
    """sum over k of U^k w w^T U^kT, by doubling: after n rounds 2^n terms are in."""
    C, A = np.outer(w, w), U
    for _ in range(64):
        more = A @ C @ A.T
        C, A = C + more, A @ A
        if np.abs(more).max() <= 1e-18 * np.abs(C).max():
            break
    return C


def measured_capacity(states: Floats, inputs: Floats, lags: int) -> Floats:
    """MC_k for k = 0..lags-1 of any network from its run: states (T, N), inputs (T,) -> (lags,).

    The first `lags` steps are left out, since they do not have all that past.
    """
    centered = states[lags:] - states[lags:].mean(axis=0)
    basis = np.linalg.qr(centered)[0]
    found = np.empty(lags)
    for k in range(lags):
        past = inputs[lags - k : len(inputs) - k]
        past = past - past.mean()
        found[k] = np.square(basis.T @ past).sum() / np.square(past).sum()
    return found
