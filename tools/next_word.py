"""Why sequences need memory, measured: the next word of Moby-Dick by windows, a bag of words and a recurrent network.

    python -m tools.next_word      # about four minutes of processor time; writes core/measured/next-word.json

A window of n words has a weight matrix for each place, a bag one for all places (how often each word occurs in the
sentence so far); both have one layer of tanh units, and softmax over the same 1000 words. The network is the shipped
`moby-words`. All learn from as many words, with as many units, and answer at the same places of the part held out.
"""

import argparse
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np

from core.brought import shipped
from core.data import COLLECTIONS
from core.data.collection import Stream, padded
from core.data.dataset import Indices
from core.data.moby_dick import TOKEN, VOCABULARY, halves, novel, words
from core.inits import xavier
from core.measured.tables import FOLDER
from core.models.cards import card
from core.ops import Floats
from core.optim import CLIPPINGS, OPTIMISERS, SCHEDULES, lengths
from core.recipe import make_recipe
from core.train import learner
from core.windows import counts
from tools.models.measures import Case, accuracy, loss

MODEL, WINDOW, LONGEST_BAG, RATE = "moby-words", 200, 40, 0.003
Params = dict[str, Floats]


class Answerer:
    """One layer of tanh units over something about the words before: `read(places)` gives (n, F) or ids (n, places)."""

    def __init__(self, read: Callable[[Indices], Floats], places: int, H: int, rng: np.random.Generator) -> None:
        self.read, self.places = read, places
        shapes = {"E": (places, VOCABULARY, H), "V": (H, VOCABULARY)}
        self.params: Params = {n: xavier(rng, s, 1.0).astype(np.float32) for n, s in shapes.items()}
        self.params |= {"b": np.zeros(H, np.float32), "d": np.zeros(VOCABULARY, np.float32)}

    def hidden(self, seen: Any) -> Floats:
        """The units (n, H): of ids (n, places), or of counts (n, F) where there is one matrix for all places."""
        E = self.params["E"]
        total = seen @ E[0] if seen.dtype == np.float32 else sum(E[j, seen[:, j]] for j in range(self.places))
        return np.asarray(np.tanh(total + self.params["b"]))

    def chances(self, places: Indices) -> Floats:
        """What comes next at some places (n, V)."""
        return self.softmax(self.hidden(self.read(places)))

    def softmax(self, h: Floats) -> Floats:
        """The output layer."""
        logits = h @ self.params["V"] + self.params["d"]
        e = np.exp(logits - logits.max(1, keepdims=True))
        return np.asarray(e / e.sum(1, keepdims=True))

    def gradients(self, places: Indices, right: Indices) -> Params:
        """Of the mean loss at some places."""
        seen = self.read(places)
        h = self.hidden(seen)
        error = self.softmax(h)
        error[np.arange(len(right)), right] -= 1.0
        error /= len(right)
        bent = (error @ self.params["V"].T) * (1 - h * h)
        E = np.zeros_like(self.params["E"])
        if seen.dtype == np.float32:
            np.matmul(seen.T, bent, out=E[0])
        else:
            for j in range(self.places):
                np.add.at(E[j], seen[:, j].astype(np.intp), bent)
        return {"E": E, "b": bent.sum(0), "V": h.T @ error, "d": error.sum(0)}


def learnt(answerer: Answerer, ids: Indices, updates: int, batch: int, rng: np.random.Generator) -> Answerer:
    """Trained on places drawn by chance, the way that the network was: Adam, cosine, gradients of length 1 at most."""
    adam, clipping = OPTIMISERS["adam"], CLIPPINGS["norm"]
    slots = adam.start(answerer.params)
    for n in range(1, updates + 1):
        places = rng.integers(LONGEST_BAG, len(ids) - 1, batch)
        grads = answerer.gradients(places, ids[places + 1])
        clipping.clip(grads, lengths(grads), 1.0)
        rate = RATE * SCHEDULES["cosine"].factor(n, updates, max(1, updates // 10))
        adam.update(answerer.params, grads, slots, rate, n)
    return answerer


def window(ids: Indices, n: int) -> Callable[[Indices], Any]:
    """The last n words (len(places), n), the nearest first."""
    return lambda places: ids[places[:, None] - np.arange(n)]


def bag(ids: Indices, ends: frozenset[int]) -> Callable[[Indices], Any]:
    """How often each word occurs since the sentence began, 40 words at most: (len(places), V)."""
    stops = np.isin(ids, list(ends))

    def read(places: Indices) -> Floats:
        before = places[:, None] - np.arange(LONGEST_BAG)
        ended = stops[before]
        ended[:, 0] = False  # a stop ends the sentence of the words after it, not its own
        inside = np.cumsum(ended, axis=1) == 0
        found: Floats = np.zeros((len(places), VOCABULARY), np.float32)
        np.add.at(found, (np.arange(len(places))[:, None], ids[before]), inside)
        return found

    return read


def asked() -> Iterator[Indices]:
    """The places of the part held out where everybody answers: 200 in a row, less the first ones of each."""
    held = halves(words()[1])[1]
    for first in range(0, len(held) - WINDOW - 1, WINDOW):
        yield np.arange(first + LONGEST_BAG, first + WINDOW)


def right_at(held: Indices, places: Indices) -> Floats:
    """The words that come next."""
    return np.asarray(held[places + 1])


def by_answerer(answerer: Answerer, held: Indices) -> list[Case]:
    """What windows and bags say."""
    return [Case(answerer.chances(at), right_at(held, at), i) for i, at in enumerate(asked())]


def by_network(held: Indices) -> list[Case]:
    """What the shipped network says; each 200 words begin with a state of zero."""
    collection, recipe = COLLECTIONS[card(MODEL).recipe["data"]], make_recipe(dict(card(MODEL).recipe))
    net = learner(recipe, collection.task())
    for name, weights in shipped(MODEL).params.items():
        net.params[name][...] = weights
    part = collection.shelf.test
    assert isinstance(part, Stream)
    part = replace(part, window=WINDOW)
    found = []
    for i, at in enumerate(asked()):
        said = net.predictions(padded([part.rows(i)], WINDOW))[LONGEST_BAG:, 0]
        found.append(Case(said, right_at(held, at), i))
    return found


def row(name: str, found: list[Case], parameters: int, unseen: float | None) -> dict[str, Any]:
    """One line of the table."""
    right, nats = accuracy(found), loss(found)
    ends = {"": "value", "_low": "low", "_high": "high"}
    shares = {f"accuracy{n}": round(float(getattr(right, end)), 4) for n, end in ends.items()}
    choices = {f"perplexity{n}": round(float(np.exp(getattr(nats, end))), 2) for n, end in ends.items()}
    new = None if unseen is None else round(unseen, 4)
    return {"model": name, **shares, **choices, "parameters": parameters, "unseen": new}


def curve() -> list[dict[str, Any]]:
    """Windows of 1 to 8 words: different ones in the part that is learnt from, possible ones, never seen ones."""
    spelled = np.unique(TOKEN.findall(novel().lower()), return_inverse=True)[1]
    in_words, in_spelling = (counts(*halves(ids)) for ids in (words()[1], spelled))
    return [
        {
            "n": n,
            "contents": contents,
            "possible_log10": round(n * float(np.log10(VOCABULARY)), 4),
            "unseen": round(unseen, 4),
            "unseen_spelled": round(whole, 4),
        }
        for n, ((contents, unseen), (_, whole)) in enumerate(zip(in_words, in_spelling, strict=True), 1)
    ]


def unseen_bags(read: Callable[[Indices], Any], train: Indices, held: Indices, ends: frozenset[int]) -> float:
    """The share of bags held out that never stood in the part that is learnt from."""
    steps = range(LONGEST_BAG, len(train) - 1, 2000)
    known = {b for i in steps for b in _digests(read(np.arange(i, min(i + 2000, len(train) - 1))))}
    later = [b for at in asked() for b in _digests(bag(held, ends)(at))]
    return sum(b not in known for b in later) / len(later)


def _digests(counts: Floats) -> list[bytes]:
    """Something short that is the same for the same counts only."""
    return [blake2b(c.tobytes(), digest_size=16).digest() for c in counts.astype(np.uint8)]


def measured(updates: int | None) -> dict[str, Any]:
    """The whole table."""
    options, recipe = card(MODEL).options, card(MODEL).recipe
    updates, batch, H = (
        updates or options["updates"],
        options["batch"] * COLLECTIONS["moby-words"].length,
        recipe["hidden"],
    )
    vocabulary, ids = words()
    train, held = halves(ids)
    ends = frozenset(i for i, w in enumerate(vocabulary) if w in (".", "!", "?"))
    kinds: Mapping[str, tuple[int, Callable[[Indices], Callable[[Indices], Any]]]] = {
        "window of 2": (2, lambda part: window(part, 2)),
        "bag of words": (1, lambda part: bag(part, ends)),
        "window of 7": (7, lambda part: window(part, 7)),
    }
    rows, windows = [], curve()
    for number, (name, (places, reading)) in enumerate(kinds.items()):
        rng = np.random.default_rng([7, number])
        found = learnt(Answerer(reading(train), places, H, rng), train, updates, batch, rng)
        found.read = reading(held)
        bags = name == "bag of words"
        share = unseen_bags(reading(train), train, held, ends) if bags else windows[places - 1]["unseen"]
        rows.append(row(name, by_answerer(found, held), sum(p.size for p in found.params.values()), share))
        print(json.dumps(rows[-1]), flush=True)
    rows.append(row("recurrent network", by_network(held), card(MODEL).parameters, None))
    print(json.dumps(rows[-1]), flush=True)
    return {
        "title": "The next word of Moby-Dick",
        "command": "python -m tools.next_word",
        "settings": f"{VOCABULARY} words, {H} units each, {updates} updates of {batch} words, Adam at {RATE} "
        f"(the network at {options['rate']}), cosine; the network is {MODEL} ({recipe['cell']}); "
        "the last tenth of the novel is held out",
        "models": rows,
        "windows": windows,
    }


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m tools.next_word")
    parser.add_argument("--updates", type=int, help="other than the network had; the table is then only printed")
    asked_for = parser.parse_args()
    found = measured(asked_for.updates)
    text = json.dumps(found, indent=1)
    text = re.sub(r"\{\n\s+([^{}]*?)\n\s+\}", lambda m: "{" + re.sub(r"\n\s+", " ", m[1]) + "}", text)
    print(text)
    if asked_for.updates is None:
        (FOLDER / "next-word.json").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
