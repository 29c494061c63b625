"""Emoji as they are read: whitened by what is learnt from, with noise while learning and without it when asked."""

import numpy as np
import pytest

from core.data import COLLECTIONS, emoji


def test_whitened_pictures_have_no_correlation_left() -> None:
    rng = np.random.default_rng(0)
    pictures = rng.random((900, 4, 4, 3)) @ rng.random((3, 3)) + rng.random((900, 1, 1, 1))
    found = emoji.whitened(pictures, pictures[:800])[:800].reshape(800, -1)
    assert np.abs(found.mean(0)).max() < 1e-5
    assert np.cov(found.T) == pytest.approx(np.eye(48) * 48 / emoji.KEPT, abs=1e-3)


def test_only_what_is_learnt_from_says_how_to_whiten() -> None:
    rng = np.random.default_rng(1)
    known, other = rng.random((200, 2, 2, 3)), rng.random((5, 2, 2, 3))
    both = emoji.whitened(np.concatenate([known, other]), known)
    assert np.array_equal(both[200:], emoji.whitened(other, known))


def test_emoji_are_learnt_from_with_noise_and_shown_without() -> None:
    train, chosen = COLLECTIONS["emoji"].shelf.train, np.random.default_rng(5).integers(1975, size=3)
    assert len(train) == 1975
    batch = train.more(np.random.default_rng(5), 3, emoji.STEPS, ())[0]
    plain = np.stack([train.rows(int(i)).x for i in chosen], axis=1)
    assert (batch.x - plain).std() == pytest.approx(emoji.GRAIN, rel=0.1)
    assert np.array_equal(train.rows(7).x, train.rows(7).x)
