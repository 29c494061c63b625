"""Emoji as they are read: whitened patches beside the colours of the whole, with noise only while learning."""

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
    noise = (batch.x - plain).std((0, 1))
    assert noise[:48].mean() == pytest.approx(emoji.GRAINS[0], rel=0.1)
    assert noise[48:].mean() == pytest.approx(emoji.GRAINS[-1], rel=0.1)
    assert np.array_equal(train.rows(7).x, train.rows(7).x)


def test_a_palette_tells_colours_by_their_shares_wherever_they_are() -> None:
    picture = np.ones((1, 16, 16, 3))
    picture[0, :4, :, :] = (1.0, 0.5, 0.0)
    (found,) = emoji.palette(picture)
    shares = dict(zip(emoji.input_names()[48:], (found / 2) ** 2, strict=True))
    assert shares["colour 100 100 100 %"] == pytest.approx(0.75, abs=1e-5)
    assert shares["colour 100 50 0 %"] == pytest.approx(0.25, abs=1e-5)
    assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
    moved = np.roll(picture, 5, 1)
    assert np.array_equal(emoji.palette(moved)[0], found)


def test_a_colour_between_two_levels_counts_for_both() -> None:
    (found,) = emoji.palette(np.full((1, 16, 16, 3), 0.125) * [0, 0, 1])
    shares = dict(zip(emoji.input_names()[48:], (found / 2) ** 2, strict=True))
    assert [shares[f"colour 0 0 {b} %"] for b in (0, 25, 50)] == pytest.approx([0.5, 0.5, 0], abs=1e-5)


def test_the_colours_of_the_whole_stand_beside_every_patch() -> None:
    rows = COLLECTIONS["emoji"].shelf.test.rows(4).x
    assert rows.shape == (16, 173)
    assert (rows[:, 48:] == rows[0, 48:]).all()
    assert (rows[0, :48] != rows[1, :48]).any()
