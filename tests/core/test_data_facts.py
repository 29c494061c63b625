"""Numbers that others know about these data, and facts about what we draw ourselves."""

import datetime as dt
from collections import Counter

import numpy as np
import pytest

from core.data import COLLECTIONS, account, dates, moby_dick, number_words, sentiment, shapes, sp500, trigger, voices
from core.data.ecg import coarse, record_100, record_208
from core.data.moving_digits import FIELD, MOVES
from core.data.names import first_names
from core.data.optical_digits import glyphs, held_out


def answers(name: str, part: str = "train") -> list[str]:
    collection = COLLECTIONS[name]
    return [collection.sample(i, part).look.answer for i in range(collection.count(part))]


# -- hearts -----------------------------------------------------------------------------------------------------


def test_record_208_has_its_length_its_scale_and_its_first_samples() -> None:
    signal = record_208()
    assert signal.shape == (5 * 60 * 360,)
    assert np.array_equal(np.rint(signal[:8] * 200 + 1024), [975, 981, 987, 989, 990, 990, 987, 990])
    assert abs(signal[0] + 0.245) < 1e-12
    assert (signal.min(), signal.max()) == (-3.485, 3.65)


def test_record_100_has_one_labelled_beat_of_352_samples_round_its_peak() -> None:
    signal, label = record_100()
    assert signal[:4].tolist() == [-0.195, -0.21, -0.21, -0.225]
    assert (len(label), label.sum()) == (7500, 352)
    marked = np.flatnonzero(label)
    assert marked[-1] - marked[0] == 351
    assert marked[0] + signal[marked].argmax() == 7080


def test_a_timestep_is_the_mean_of_four_samples_and_predicts_the_next() -> None:
    x, target, _ = COLLECTIONS["ecg-208"].task().batch(np.random.default_rng(0), 1, 3)
    signal = record_208()
    assert x[1, 0, 0] == signal[4:8].mean()
    assert target[1, 0, 0] == signal[8:12].mean()
    test = COLLECTIONS["ecg-208"].sample(0).batch
    assert test.x[0, 0, 0] == signal[4 * 60 * 360 : 4 * 60 * 360 + 4].mean()
    assert len(coarse(signal)) == 27000


def test_the_labelled_beat_is_held_out_and_shown() -> None:
    picture = COLLECTIONS["ecg-100"].sample(0).look.picture
    assert picture.arrays["label"].data.sum() == 352
    assert not any(COLLECTIONS["ecg-100"].sample(i, "train").look.picture.arrays["label"].data.any() for i in range(4))


# -- voices -----------------------------------------------------------------------------------------------------


def test_every_digit_is_spoken_three_hundred_times() -> None:
    spoken = Counter(answers("spoken-digits") + answers("spoken-digits", "test"))
    assert set(spoken.values()) == {300}
    assert len(spoken) == 10


def test_the_features_of_speech_are_scaled_by_what_is_learnt_from() -> None:
    shelf = COLLECTIONS["spoken-digits"].shelf
    frames = np.concatenate([shelf.train.rows(i).x for i in range(len(shelf.train))])
    assert np.abs(frames.mean(0)).max() < 1e-9
    assert np.abs(frames.std(0) - 1).max() < 1e-9
    lengths = [len(shelf.part(p).rows(i).x) for p in ("train", "test") for i in range(len(shelf.part(p)))]
    assert (len(lengths), sum(lengths), min(lengths), max(lengths)) == (3000, 53999, 6, 92)


def test_the_clips_are_eight_kilohertz_and_their_file_can_be_played() -> None:
    assert len(voices.WORDS) == 36
    for name in voices.WORDS:
        sound = voices.clip(name)
        assert sound.rate == 8000
        assert 0.3 < len(sound.samples) / sound.rate < 2.5
        assert 0.05 < np.abs(sound.samples).max() <= 1
    assert voices.recording("a")[:4] == b"RIFF"
    with pytest.raises(KeyError):
        voices.recording("../names/male")


def test_the_trigger_is_spoken_in_every_voice_and_answered_right_after_it() -> None:
    learnt, held = (trigger.spoken(part) for part in (False, True))
    assert [int((s.words == 0).sum()) for s in (learnt, held)] == [60, 24]
    assert [len(s.words) for s in (learnt, held)] == [300, 120]
    assert set(held.words) == set(range(13))
    for i in range(30):
        example = COLLECTIONS["trigger"].sample(i)
        asked = np.flatnonzero(np.diff(example.batch.target[:, 0, 0], prepend=0) > 0)
        said = [t for t, word in enumerate(example.look.time) if word.endswith(" activate")]
        assert asked.tolist() == [t + 1 for t in said]
    shares = [COLLECTIONS["trigger"].sample(i).batch.target.mean() for i in range(200)]
    assert 0.03 < np.mean(shares) < 0.12


# -- texts ------------------------------------------------------------------------------------------------------


def test_the_novel_begins_and_counts_as_it_should() -> None:
    text = moby_dick.novel()
    assert text.startswith("CHAPTER 1. Loomings.\nCall me Ishmael. Some years ago—never mind how long precisely—having")
    assert set(text) == set(moby_dick.ALPHABET)
    counts = Counter(text)
    assert counts["e"] / sum(counts[c] for c in "abcdefghijklmnopqrstuvwxyz") == pytest.approx(0.125, abs=0.001)
    vocabulary, ids = moby_dick.words()
    assert vocabulary[1:4] == (",", "the", ".")
    assert (ids == 0).mean() == pytest.approx(0.209, abs=0.001)


def test_the_last_tenth_of_the_novel_is_held_out() -> None:
    text, shelf = moby_dick.novel(), COLLECTIONS["moby-characters"].shelf
    learnt = len(text) - len(text) // 10
    x, target = shelf.test.read(np.arange(50))  # type: ignore[attr-defined]
    assert "".join(moby_dick.ALPHABET[i] for i in x.argmax(1)) == text[learnt : learnt + 50]
    assert moby_dick.ALPHABET[target[49]] == text[learnt + 50]


def test_there_are_5163_first_names() -> None:
    names = first_names()
    assert len(names) == 5163
    assert {"james", "mary", "aaron", "zulma"} <= set(names)
    assert max(map(len, names)) == 11
    assert COLLECTIONS["names"].sample(0).look.time == ("·", *"aaron")


def test_two_sentences_of_a_pair_have_the_same_words_and_opposite_answers() -> None:
    paired = [s for s in sentiment.sentences() if s.paired]
    assert (len(sentiment.sentences()), len(paired), sum(s.held for s in paired)) == (360, 260, 64)
    for praise, blame in zip(paired[::2], paired[1::2], strict=True):
        assert (praise.positive, blame.positive) == (True, False)
        assert praise.held == blame.held
        assert Counter(w[0] if w in ("a", "an") else w for w in sentiment.words(praise.text)) == Counter(
            w[0] if w in ("a", "an") else w for w in sentiment.words(blame.text)
        )
    texts = [s.text for s in sentiment.sentences()]
    assert len(set(texts)) == 360
    assert {"The food was good, not bad at all.", "The food was bad, not good at all."} <= set(texts)


def test_held_out_pairs_hold_no_word_that_was_not_learnt() -> None:
    known = set(sentiment.known())
    assert all(w in known for s in sentiment.sentences() if s.held and s.paired for w in sentiment.words(s.text))


# -- accounts and markets ---------------------------------------------------------------------------------------


def test_seven_in_a_hundred_payments_are_a_thiefs_and_they_stand_together() -> None:
    shelf = COLLECTIONS["account"].shelf
    labels = np.stack([shelf.test.rows(i).target[:, 0] for i in range(1000)])
    assert labels.mean() == pytest.approx(0.070, abs=0.006)
    assert (labels.sum(1) > 0).mean() == pytest.approx(account.STOLEN, abs=0.05)
    spans = [np.ptp(np.flatnonzero(row)) + 1 for row in labels if row.any()]
    assert max(spans) <= 13
    assert labels[:, :12].sum() == 0


def test_the_index_has_its_days_and_its_worst_one() -> None:
    found = sp500.days()
    assert len(found.dates) == 5030
    assert (found.dates[0], found.dates[-1]) == ("1999-01-05", "2018-12-31")
    assert found.closes[0] == 1244.780029
    worst = int(found.returns.argmin())
    assert found.dates[worst] == "2008-10-15"
    assert found.returns[worst] == pytest.approx(-9.47, abs=0.01)


def test_the_direction_is_not_in_the_last_return_but_the_size_is() -> None:
    returns = sp500.days().returns
    assert np.corrcoef(returns[:-1], returns[1:])[0, 1] == pytest.approx(-0.07, abs=0.01)
    assert np.corrcoef(np.abs(returns[:-1]), np.abs(returns[1:]))[0, 1] == pytest.approx(0.24, abs=0.02)


# -- digits -----------------------------------------------------------------------------------------------------


def test_the_digits_are_those_of_the_published_set() -> None:
    pixels, digits = glyphs()
    assert pixels.shape == (1797, 8, 8)
    assert np.bincount(digits).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert (pixels[0, 0] * 16).tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert int(held_out(1797).sum()) == 360
    by_row, by_pixel = (COLLECTIONS[n].sample(3).batch.x for n in ("digit-rows", "digit-pixels"))
    assert np.array_equal(by_row.reshape(-1), by_pixel.reshape(-1))


def test_the_pen_wrote_as_many_of_each_digit_as_published() -> None:
    counts = Counter(answers("pen-digits") + answers("pen-digits", "test"))
    assert [counts[d] for d in "0123456789"] == [1143, 1143, 1144, 1055, 1144, 1055, 1056, 1142, 1055, 1055]
    first = COLLECTIONS["pen-digits"].sample(0)
    assert (first.batch.x[:, 0] * 50 + 50).round().astype(int).reshape(-1)[:4].tolist() == [47, 100, 27, 81]
    assert first.look.answer == "8"


def test_a_film_moves_the_way_it_says() -> None:
    for i in range(20):
        batch = COLLECTIONS["moving-digits"].sample(i).batch
        frames = batch.x[:, 0].reshape(-1, FIELD, FIELD)
        assert batch.target[0, 0] == 0
        for t in range(1, len(frames)):
            _, down, across = MOVES[batch.target[t, 0]]
            assert np.array_equal(frames[t], np.roll(frames[t - 1], (down, across), (0, 1)))


def test_films_held_out_show_other_pictures() -> None:
    pixels, _ = glyphs()
    sums = {round(float(p.sum()), 9) for p in pixels[~held_out(1797)]}
    held = {round(float(p.sum()), 9) for p in pixels[held_out(1797)]}
    shelf = COLLECTIONS["moving-digits"].shelf
    assert all(round(float(shelf.train.rows(i).x[0].sum()), 9) in sums for i in range(50))
    assert all(round(float(shelf.test.rows(i).x[0].sum()), 9) in held for i in range(50))


# -- pairs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "german", "french"),
    [
        (0, "null", "zéro"),
        (1, "eins", "un"),
        (16, "sechzehn", "seize"),
        (21, "einundzwanzig", "vingt et un"),
        (25, "fünfundzwanzig", "vingt-cinq"),
        (71, "einundsiebzig", "soixante et onze"),
        (80, "achtzig", "quatre-vingts"),
        (93, "dreiundneunzig", "quatre-vingt-treize"),
        (101, "einhunderteins", "cent un"),
        (200, "zweihundert", "deux cents"),
        (1999, "eintausendneunhundertneunundneunzig", "mille neuf cent quatre-vingt-dix-neuf"),
    ],
)
def test_numbers_in_words(n: int, german: str, french: str) -> None:
    assert (number_words.german(n), number_words.french(n)) == (german, french)


def test_no_two_numbers_have_the_same_words_and_a_tenth_is_held_out() -> None:
    everything = range(number_words.MOST + 1)
    assert (
        len({number_words.german(n) for n in everything}) == len({number_words.french(n) for n in everything}) == 10000
    )
    assert len(number_words.HELD) == 1001
    learnt = COLLECTIONS["german-numbers"].shelf.train
    drawn = {learnt.look(i).answer for i in range(1000)}
    assert not drawn & {str(n) for n in number_words.HELD}


def test_a_date_in_each_form_and_in_iso() -> None:
    day = dt.date(2026, 11, 5).toordinal()
    assert [dates.written(day, form)[0] for form in range(8)] == [
        "5 november 2026",
        "november 5, 2026",
        "thursday, november 5, 2026",
        "5 nov 2026",
        "nov 5, 2026",
        "05/11/2026",
        "5.11.2026",
        "2026/11/05",
    ]
    assert dates.written(day, 0)[1] == "2026-11-05"


def test_no_day_that_is_held_out_is_learnt_from() -> None:
    iso = dt.date.fromisoformat
    assert not any(dates.held_out(iso(answer).toordinal()) for answer in answers("dates"))
    assert all(dates.held_out(iso(answer).toordinal()) for answer in answers("dates", "test"))
    share = np.mean([dates.held_out(day) for day in range(dates.FIRST, dates.LAST + 1)])
    assert share == pytest.approx(0.1, abs=0.002)


@pytest.mark.parametrize("name", ["dates", "german-numbers", "french-numbers"])
def test_the_longest_pair_fits(name: str) -> None:
    collection = COLLECTIONS[name]
    longest = max(len(collection.shelf.train.rows(i).x) for i in range(1000))
    assert longest <= collection.length
    example = collection.sample(3)
    source, answer = example.look.title, example.look.answer
    outputs = collection.task().outputs
    assert "".join(outputs[i] for i in example.batch.target[: len(answer), 0]) == answer
    assert outputs[example.batch.target[len(answer), 0]] == "(end)"
    assert int(example.batch.x.any(2).sum()) == len(source)
    assert example.batch.mask.sum() == len(answer) + 1


# -- pictures ---------------------------------------------------------------------------------------------------


def test_a_caption_says_what_the_scene_shows() -> None:
    for seed in range(300):
        one, two = shapes.scene(np.random.default_rng(seed))
        place = shapes.caption(one, two).removeprefix(f"a {one.size} {one.colour} {one.shape} ")
        place = place.removesuffix(f" a {two.size} {two.colour} {two.shape}")
        right = {
            "left of": two.x - one.x,
            "right of": one.x - two.x,
            "above": two.y - one.y,
            "below": one.y - two.y,
        }
        assert max(right, key=lambda p: right[p]) == place
        assert shapes.rank(one) < shapes.rank(two)
        picture = shapes.painted((one, two))
        assert picture[int(two.y), int(two.x)].tolist() == list(shapes.COLOURS[two.colour])


def test_patches_are_the_picture_again() -> None:
    picture = shapes.painted(shapes.scene(np.random.default_rng(7)))
    cut = shapes.patches(picture, shapes.PATCH)
    assert np.array_equal(cut[5].reshape(8, 8, 3), 2 * picture[8:16, 8:16] - 1)


def test_the_emoji_are_those_of_the_package() -> None:
    assert COLLECTIONS["emoji"].count("train") + COLLECTIONS["emoji"].count() == 2194
    first = COLLECTIONS["emoji"].sample(0, "train").look
    assert first.answer == "grinning face"
    centre = first.picture.arrays["image"].data[8, 2]
    assert centre[0] > 0.9
    assert centre[2] < 0.5  # yellow
