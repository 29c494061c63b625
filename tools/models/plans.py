"""What is trained, on what, how, and what it is measured against."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Plan:
    """One model: values of its recipe and options, which measures and baselines its card gets, and its weakness."""

    id: str
    title: str
    description: str
    weakness: str
    recipe: Mapping[str, Any]
    options: Mapping[str, Any]
    measures: tuple[str, ...]
    baselines: tuple[str, ...] = field(default=())


# A convolution in time is a cell whose memory ends: what a filter makes of a frame waits for its turn in a1, a2, a3.
FILTERED = """
a3 = W_3 @ x                                    # what a frame adds three frames on
a2 = W_2 @ x + a3_prev                          # and two
a1 = W_1 @ x + a2_prev                          # and one
c = relu(W_0 @ x + a1_prev + b_c)               # convolution over four frames
z = sigmoid(W_z @ c + U_z @ h_prev + b_z)       # update gate
r = sigmoid(W_r @ c + U_r @ h_prev + b_r)       # reset gate
n = tanh(W_n @ c + U_n @ (r * h_prev) + b_n)    # candidate
h = z * h_prev + (1 - z) * n                    # hidden state
"""


def _options(updates: int, rate: float, batch: int = 32, **more: Any) -> dict[str, Any]:
    usual = {"precision": "float32", "schedule": "cosine", "snapshots": 0, "threshold": 1.0}
    return {"updates": updates, "rate": rate, "batch": batch, **usual, **more}


def _letters(size: str, H: int, updates: int, weakness: str) -> Plan:
    return Plan(
        f"moby-{size}",
        f"Next character of Moby-Dick, {H} units",
        "Reads the novel character by character and says what comes next.",
        weakness,
        {"data": "moby-characters", "cell": "gru", "hidden": H, "init": "orthogonal"},
        _options(updates, 0.003 if H > 100 else 0.006),
        ("accuracy", "loss"),
        ("majority", "bigram", "trigram"),
    )


PLANS: dict[str, Plan] = {
    p.id: p
    for p in (
        Plan(
            "names",
            "First names, letter by letter",
            "Says how a first name goes on; fed with its own letters it makes up new ones.",
            "Knows the spelling of names common in the United States in 1990 and nothing of who bears them.",
            {"data": "names", "cell": "gru", "hidden": 64, "init": "orthogonal"},
            _options(1500, 0.004, 64),
            ("accuracy", "loss"),
            ("majority", "bigram"),
        ),
        Plan(
            "sentiment",
            "Praise or blame",
            "Reads a sentence word by word and says at its end whether it praises.",
            "Trained on 276 plain sentences: a word it never read tells it nothing, and irony is beyond it.",
            {"data": "sentiment", "cell": "gru", "hidden": 24, "init": "orthogonal", "gain": 1.0},
            _options(600, 0.005),
            ("accuracy", "accuracy on pairs"),
            ("majority", "bag of words"),
        ),
        Plan(
            "spoken-digits",
            "Spoken digits",
            "Hears the features of a word frame by frame and names the digit at the last.",
            "The six speakers are in both parts: a new voice, accent or microphone was never measured. "
            "It hears features: there is no sound to listen to.",
            {"data": "spoken-digits", "cell": "gru", "hidden": 64, "init": "orthogonal"},
            _options(1200, 0.004),
            ("accuracy", "loss"),
            ("majority", "mean of all steps"),
        ),
        Plan(
            "account",
            "Stolen-card alarm",
            "Reads the payments of one customer and says of each how likely a thief made it.",
            "Trained and measured on accounts that we generated: says nothing about real fraud.",
            {"data": "account", "cell": "gru", "hidden": 32, "init": "orthogonal"},
            _options(1500, 0.005),
            ("recall", "precision", "loss"),
            ("each step alone",),
        ),
        Plan(
            "digit-rows",
            "Handwritten digits, row by row",
            "Reads a picture row by row and names the digit after the last.",
            "The 13 writers are in both parts; digits of 8 by 8 pixels in the middle of their field are all it knows.",
            {"data": "digit-rows", "cell": "gru", "hidden": 64, "init": "orthogonal"},
            _options(3000, 0.004),
            ("accuracy", "loss"),
            ("majority", "mean of all steps"),
        ),
        Plan(
            "ecg",
            "Next value of an electrocardiogram",
            "Learns how one heart's trace goes on; where it is surprised, the error rises.",
            "Knows one recording of one person. A high error means unlike what it has read, never a diagnosis.",
            {"data": "ecg-208", "cell": "gru", "hidden": 32, "init": "orthogonal"},
            _options(1500, 0.005, 16),
            ("squared error",),
            ("persistence", "linear in eight values"),
        ),
        Plan(
            "ecg-regular",
            "A regular heart, and its one odd beat",
            "Trained on fifteen seconds of regular beats; over half a second its error is largest at the odd beat.",
            "One person, one odd beat, and sizes chosen while looking at it: a demonstration, never a diagnosis.",
            {"data": "ecg-100", "cell": "lstm", "hidden": 48, "length": 200, "init": "orthogonal"},
            _options(2000, 0.004, 8),
            ("squared error", "rise at the label"),
            ("persistence", "linear in eight values"),
        ),
        Plan(
            "trigger",
            "Trigger word",
            "Listens to three seconds of words in noise and says yes just after “activate”.",
            "Synthetic voices only, in noise made by rules: people in rooms were never measured.",
            {"data": "trigger", "cell": FILTERED.strip(), "hidden": 48, "init": "orthogonal"},
            _options(1200, 0.004),
            ("triggers caught", "false alarms a minute", "loss"),
            ("each step alone",),
        ),
        Plan(
            "motion",
            "Where a digit moves",
            "Says for every frame of a film which way the digit went.",
            "One digit on an empty field of 16 by 16 pixels, one pixel a frame.",
            {"data": "moving-digits", "cell": "gru", "hidden": 64, "init": "orthogonal"},
            _options(1500, 0.003),
            ("accuracy", "loss"),
            ("majority", "each step alone"),
        ),
        Plan(
            "dates",
            "Dates to ISO 8601",
            "Reads a date from both ends and writes it as year-month-day, looking where it needs to.",
            "Eight ways to write a date in English, 1900 to 2099; a date that cannot be becomes one anyway.",
            {"data": "dates", "cell": "gru", "hidden": 48, "topology": "attention", "reader": "both"},
            _options(1200, 0.005),
            ("exact", "accuracy"),
            ("majority",),
        ),
        Plan(
            "captions",
            "Captions of shapes",
            "Reads a picture patch by patch from both ends and says what stands where.",
            "Two of eighteen shapes on white; the patches are fixed squares, no filters are learnt.",
            {"data": "shapes", "cell": "gru", "hidden": 96, "topology": "attention", "reader": "both"},
            _options(3000, 0.003),
            ("exact", "accuracy"),
            ("majority",),
        ),
        Plan(
            "emoji",
            "Captions of emoji",
            "Reads a small picture patch by patch from both ends and says its name, word by word.",
            "Combines what it saw: most pictures held out have relatives in another skin tone that were learnt from. "
            "What resembles nothing it has seen gets another thing's name.",
            {"data": "emoji", "cell": "gru", "hidden": 128, "topology": "attention", "reader": "both"},
            _options(3000, 0.003),
            ("exact", "accuracy", "loss"),
            ("majority", "nearest picture"),
        ),
        Plan(
            "moby-words",
            "Next word of Moby-Dick",
            "Reads the novel word by word and says which of 1000 words comes next.",
            "Its first choice is right no more often than a table's of two words; only its chances are better. "
            "Every rarer word is one symbol to it, and it has read one book.",
            {"data": "moby-words", "cell": "gru", "hidden": 64, "init": "orthogonal"},
            _options(2000, 0.006),
            ("loss", "accuracy"),
            ("majority", "bigram", "trigram"),
        ),
        *(
            Plan(
                f"pixels-{cell}",
                f"Handwritten digits, pixel by pixel: {cell}",
                "The same pictures as 64 single pixels, where what was seen first must be kept for sixty steps.",
                weakness,
                {"data": "digit-pixels", "cell": cell, "hidden": 64, "init": init},
                _options(updates, rate),
                ("accuracy", "loss"),
                ("majority",),
            )
            for cell, init, updates, rate, weakness in (
                (
                    "rnn-tanh",
                    "orthogonal",
                    2500,
                    0.001,
                    "Begins orthogonal, and keeps sixty steps with that.",
                ),
                (
                    "rnn-relu",
                    "identity",
                    12000,
                    0.0007,
                    "Begins as the identity (IRNN), learns slowly, and stays behind the others.",
                ),
                ("lstm", "orthogonal", 2500, 0.003, "The 13 writers are in both parts."),
            )
        ),
        _letters("small", 24, 3000, "24 units: words come and go; small enough to read unit by unit."),
        _letters("medium", 96, 4000, "Spells well, loses the thread within a sentence."),
        _letters("large", 192, 4500, "Writes Melville's words and quotation marks, not his sense."),
    )
}
