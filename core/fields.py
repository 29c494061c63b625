"""The table of a recipe's fields: names, ranges, choices and words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.cells import BEYOND, LECTURE, TITLES
from core.data import COLLECTIONS, DATASETS, TASKS
from core.models import cards

SENTENCE = "This morning I took the dog for a walk."
LONGEST_TEXT, LONGEST_DRAWN, MOST_LAYERS, LONGEST_ID, MOST_EXAMPLES = 20_000, 1000, 4, 80, 100_000


@dataclass(frozen=True)
class Field:
    """One choice: `kind` is choice, integer, number or text; `optional` fields may be null.

    `needs` names other fields and the values at which this one matters; where it does not, it is at its default.
    `headings` stand above the choices that they name, in a long list.
    `brings` are the values of other fields that come along with a value of this one, where nothing else is said.
    `group` says what it belongs to, `shown` where a form has it: first, more, or hidden until a tool asks for it.
    """

    name: str
    kind: str
    default: Any
    label: str
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict, hash=False)
    low: float | None = None
    high: float | None = None
    step: float | None = None
    unit: str = ""
    optional: bool = False
    group: str = "training"
    shown: str = "more"
    needs: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict, hash=False)
    brings: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    @property
    def allowed(self) -> Any:
        """What may stand here, for a message or a form."""
        if self.kind == "choice":
            return [value for value, _ in self.choices]
        bounds = {k: v for k, v in (("min", self.low), ("max", self.high)) if v is not None}
        return bounds | ({"null": True} if self.optional else {})

    def matters(self, values: Mapping[str, Any]) -> bool:
        """Whether this field changes anything beside these values of the others."""
        return all(_sort(values[name]) in allowed for name, allowed in self.needs.items())


def _sort(value: Any) -> Any:
    return OWN if isinstance(value, str) and value.startswith(f"{OWN}-") else value


TEXTS = tuple(DATASETS)
UNITS = {"sentence": "words", "characters": "characters"}  # what a form calls them; others go by their titles
OWN = "own"  # stands for every file that a visitor sent
COLLECTED = (*COLLECTIONS, OWN)
DRAWN = (*TASKS, *COLLECTED)
DEEP = ("chain", "one-to-one", "one-to-many", "bidirectional")
ATTENTION = {"topology": ("attention",)}
UNTRAINED = {"model": (None,)}

_CELL = (
    Field(
        "cell",
        "choice",
        "rnn-tanh",
        "Cell",
        "The equations of one timestep: a name from the list, or equations as text.",
        tuple(TITLES.items()),
        {next(iter(LECTURE)): "Of the lecture", next(iter(BEYOND)): "Beyond the lecture"},
        group="network",
        shown="first",
    ),
)
_DATA = (
    Field(
        "data",
        "choice",
        "sentence",
        "Data",
        "What the network reads: the text, word by word or character by character, or a sequence drawn from a task.",
        (
            *((d.id, UNITS.get(d.id, d.title)) for d in DATASETS.values()),
            *((t.id, t.title) for t in (*TASKS.values(), *COLLECTIONS.values())),
        ),
        {TEXTS[0]: "A text of your own", DRAWN[0]: "Drawn by a rule", COLLECTED[0]: "Recorded or written"},
        group="data",
        shown="first",
    ),
    Field(
        "text",
        "text",
        SENTENCE,
        "Text",
        "What runs through the network.",
        low=1,
        high=LONGEST_TEXT,
        unit="characters",
        group="data",
        shown="first",
        needs={"data": TEXTS},
    ),
    Field(
        "length",
        "integer",
        None,
        "Length",
        "Steps of a drawn sequence; none is the task's own.",
        low=1,
        high=LONGEST_DRAWN,
        step=1,
        unit="steps",
        optional=True,
        group="data",
        shown="hidden",
        needs={"data": DRAWN},
    ),
    Field(
        "example",
        "integer",
        0,
        "Example",
        "Which of the sequences that are held out is shown; they are counted round.",
        low=0,
        high=MOST_EXAMPLES,
        step=1,
        group="data",
        shown="hidden",
        needs={"data": COLLECTED},
    ),
)
_NETWORK = (
    Field(
        "hidden",
        "integer",
        8,
        "Hidden units",
        "The number H of units in the state.",
        low=1,
        high=256,
        step=1,
        unit="units",
        group="network",
        shown="first",
    ),
    Field(
        "topology",
        "choice",
        "chain",
        "Topology",
        "How steps are joined: as a chain with an input at each step; not at all; as a chain that reads its own "
        "output; as two chains, one from each end; as an encoder and a decoder; and with attention between these.",
        (
            ("chain", "many-to-many, in step"),
            ("one-to-one", "one-to-one"),
            ("one-to-many", "one-to-many"),
            ("bidirectional", "bidirectional"),
            ("encoder-decoder", "encoder-decoder"),
            ("attention", "attention"),
        ),
        group="network",
        shown="hidden",
    ),
    Field(
        "layers",
        "integer",
        1,
        "Layers",
        "How many networks stand one on another, each reading the states of the one below.",
        low=1,
        high=MOST_LAYERS,
        step=1,
        unit="layers",
        group="network",
        shown="hidden",
        needs={"topology": DEEP},
    ),
    Field(
        "scoring",
        "choice",
        "additive",
        "Scoring",
        "How attention compares the decoder's state with a state of the encoder.",
        (("additive", "additive (Bahdanau)"), ("dot", "dot product")),
        group="network",
        shown="hidden",
        needs=ATTENTION,
    ),
    Field(
        "reader",
        "choice",
        "forward",
        "Reader",
        "How the encoder reads what attention looks at: from the first word, or from both ends.",
        (("forward", "forward"), ("both", "both ways")),
        group="network",
        shown="hidden",
        needs=ATTENTION,
    ),
)
_WEIGHTS = (
    Field(
        "model",
        "text",
        None,
        "Model",
        "The name of a model that is shipped, or the id of a file that was sent; none draws the weights. The cell and "
        "its size are then the model's.",
        low=1,
        high=LONGEST_ID,
        unit="characters",
        optional=True,
        group="weights",
        shown="hidden",
    ),
    Field(
        "init",
        "choice",
        "normal",
        "Recurrent weights",
        "Where the recurrent matrices U begin; W and V begin with Xavier's values, biases with zero.",
        (
            ("normal", "normal"),
            ("xavier", "Xavier"),
            ("orthogonal", "orthogonal"),
            ("identity", "identity"),
            ("zeros", "zeros"),
        ),
        group="weights",
        needs=UNTRAINED,
    ),
    Field(
        "gain",
        "number",
        1.0,
        "Gain on U",
        "A factor on the recurrent matrices at the start.",
        low=0.0,
        high=100.0,
        step=0.05,
        group="weights",
        needs=UNTRAINED,
    ),
    Field(
        "forget_bias",
        "number",
        0.0,
        "Forget bias",
        "Where the forget gate's bias b_f begins.",
        low=-10.0,
        high=10.0,
        step=0.5,
        group="weights",
        needs=UNTRAINED,
    ),
    Field(
        "seed",
        "integer",
        0,
        "Seed",
        "The same seed gives the same numbers.",
        low=0,
        high=2**53 - 1,
        step=1,
        group="weights",
        shown="first",
    ),
)
_ERROR = (
    Field(
        "loss_at",
        "choice",
        "every",
        "Loss",
        "Which steps have a loss: every one that asks for an answer, or only the last of them.",
        (("every", "every step"), ("last", "last step")),
        group="loss",
    ),
    Field(
        "window",
        "integer",
        None,
        "Truncation",
        "Truncated BPTT: how many steps a gradient travels back; none is all of them.",
        low=1,
        high=LONGEST_TEXT,
        step=1,
        unit="steps",
        optional=True,
        group="loss",
    ),
)
FIELDS: dict[str, Field] = {f.name: f for f in (*_CELL, *_DATA, *_NETWORK, *_WEIGHTS, *_ERROR)}


def _brought(name: str) -> dict[str, Any]:
    """What a shipped model is opened with: its card's recipe without what only matters before training."""
    kept = {f.name for f in FIELDS.values() if f.group != "weights"}
    return {n: v for n, v in cards.card(name).recipe.items() if n in kept and v != FIELDS[n].default}


FIELDS["model"] = replace(FIELDS["model"], brings={name: _brought(name) for name in cards.names()})
