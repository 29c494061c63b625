"""Numbers in words turned into digits: German says the ones before the tens, so the alignment crosses."""

import numpy as np

from core.data.collection import Collection
from core.data.pairs import Spelling

ONES = ["null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]
TENS = ["_", "zehn", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
SHORT = {6: "sech", 7: "sieb"}
UNITS = (
    *("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"),
    *("treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf"),
)
DIZAINES = ["_", "dix", "vingt", "trente", "quarante", "cinquante", "soixante"]
MOST = 9999


def _below_hundred(n: int) -> str:
    if n < 13:
        return ONES[n]
    if n < 20:
        return f"{SHORT.get(n - 10, ONES[n - 10])}zehn"
    return (f"{ONES[n % 10]}und" if n % 10 else "") + TENS[n // 10]


def german(n: int) -> str:
    """A number from 0 to 9999 in German."""
    thousands, hundreds, rest = n // 1000, n // 100 % 10, n % 100
    text = f"{ONES[thousands]}tausend" * (thousands > 0) + f"{ONES[hundreds]}hundert" * (hundreds > 0)
    last = _below_hundred(rest) if rest or not text else ""
    return text + last + "s" * (last == "ein")


def _moins_de_cent(n: int) -> str:
    if n < 20:
        return UNITS[n]
    base = n // 10 * 10 if n < 70 else (60 if n < 80 else 80)
    ten, rest = ("quatre-vingt" if base == 80 else DIZAINES[base // 10]), n - base
    if not rest:
        return ten + "s" * (base == 80)
    joint = " et " if base < 80 and rest in (1, 11) else "-"
    return f"{ten}{joint}{UNITS[rest]}"


def french(n: int) -> str:
    """A number from 0 to 9999 in French, as in France: 93 is four twenties and thirteen."""
    thousands, hundreds, rest = n // 1000, n // 100 % 10, n % 100
    words = [UNITS[thousands]] * (thousands > 1) + ["mille"] * (thousands > 0)
    words += [UNITS[hundreds]] * (hundreds > 1) + [f"cent{'s' * (hundreds > 1 and not rest)}"] * (hundreds > 0)
    return " ".join(words + [_moins_de_cent(rest)] * (rest > 0 or not words))


def held_out(n: int) -> bool:
    """Whether a number belongs to the tenth that is held out."""
    return (n * 2654435761) % 2**32 < 2**32 // 10


GERMAN = Spelling("abcdefghilnrstuvwzßöü", "0123456789")
FRENCH = Spelling(" -acdefghilmnopqrstuvxzé", "0123456789")
LEARNT = np.array([n for n in range(MOST + 1) if not held_out(n)])
HELD = tuple(n for n in range(MOST + 1) if held_out(n))
SPLIT = "A tenth of the numbers from 0 to 9999, spread by a fixed rule, is held out."

GERMAN_NUMBERS = Collection(
    id="german-numbers",
    title="German number words",
    description="fünfundzwanzig is 25: a number in words, letter by letter; write it in digits.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="letter",
    kind="pairs",
    head="softmax",
    length=42,
    shortest=42,
    sizes=(len(GERMAN.source), len(GERMAN.outputs)),
    split=SPLIT,
    relation="pairs",
    load=lambda: GERMAN.shelf(
        lambda rng: (german(n := int(rng.choice(LEARNT))), str(n)), ((german(n), str(n)) for n in HELD)
    ),
)

FRENCH_NUMBERS = Collection(
    id="french-numbers",
    title="French number words",
    description="quatre-vingt-treize is 93: a number in words, letter by letter; write it in digits.",
    licence="none needed",
    origin="generated",
    real=False,
    unit="letter",
    kind="pairs",
    head="softmax",
    length=46,
    shortest=46,
    sizes=(len(FRENCH.source), len(FRENCH.outputs)),
    split=SPLIT,
    relation="pairs",
    load=lambda: FRENCH.shelf(
        lambda rng: (french(n := int(rng.choice(LEARNT))), str(n)), ((french(n), str(n)) for n in HELD)
    ),
)
