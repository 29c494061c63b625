"""A text becomes a sequence as the lecture draws it: words or characters, each predicting the next."""

import numpy as np
import pytest

from core.data import DATASETS
from core.experiment import compute
from core.recipe import SENTENCE, make_recipe


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SENTENCE, ["This", "morning", "I", "took", "the", "dog", "for", "a", "walk"]),
        ("The the THE", ["The", "the", "THE"]),
        ("it's well-known, isn\u2019t it?", ["it's", "well-known", "isn\u2019t", "it"]),
        ("'quoted' -dash- 3.5 e", ["quoted", "dash", "3", "5", "e"]),
        ("Ich wäre  gern\nin Köln", ["Ich", "wäre", "gern", "in", "Köln"]),
        ("猫 が 好き", ["猫", "が", "好き"]),
        ("a_b <b>c</b>", ["a", "b", "b", "c", "b"]),
        ("🙂 🙃", []),
    ],
)
def test_a_sentence_is_cut_into(text: str, words: list[str]) -> None:
    assert list(DATASETS["sentence"].tokens(text)) == words


def test_characters_are_code_points_and_nothing_is_left_out() -> None:
    assert list(DATASETS["characters"].tokens("a é\n🙂")) == ["a", " ", "é", "\n", "🙂"]


@pytest.mark.parametrize("data", ["sentence", "characters"])
@pytest.mark.parametrize("text", [SENTENCE, "a b a", "to be or not to be that is the question"])
def test_each_step_reads_one_token_and_must_say_the_next(data: str, text: str) -> None:
    tokens = DATASETS[data].tokens(text)
    trace = compute(make_recipe({"data": data, "text": text}), ("forward",))
    vocabulary = list(dict.fromkeys(tokens))
    assert trace.labels["output"] == trace.labels["input"] == vocabulary
    assert trace.labels["time"] == list(tokens[:-1])
    assert trace.labels["target"] == list(tokens[1:])
    assert np.array_equal(trace["x"][:, 0], np.eye(len(vocabulary))[[vocabulary.index(t) for t in tokens[:-1]]])
    assert trace["target"][:, 0].tolist() == [vocabulary.index(token) for token in tokens[1:]]
    assert np.array_equal(trace["mask"], np.ones((len(tokens) - 1, 1)))


def test_the_lectures_sentence_has_eight_steps_over_nine_words() -> None:
    trace = compute(make_recipe({}), ("forward",))
    assert trace.dims == {"time": 8, "batch": 1, "input": 9, "hidden": 8, "output": 9}
    assert SENTENCE == "This morning I took the dog for a walk."
