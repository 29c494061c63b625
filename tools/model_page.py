"""Write docs/models.md from the cards of the shipped models: `make models-page`; a test holds it to them."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from core.data import COLLECTIONS
from core.measured import tables
from core.models.cards import Card, Figure, card, names
from core.options import DEFAULTS as OPTIONS
from core.recipe import DEFAULTS as FIELDS
from tools.reference import sourced, table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "models.md"
SHARES = ("accuracy", "accuracy on pairs", "exact", "recall", "precision", "triggers caught")
HEAD = """# Trained models

Made from the cards beside the weights by `make models-page`; edit the plans in `tools/models/plans.py`, not this page.

`make models` trains them all again from nothing and measures what it wrote on the part of the data that nothing learnt
from. A number in parentheses is a 95 % confidence interval: Wilson's for shares, 1.96 standard errors for means.
`python -m tools.models --times` says how long that takes. A recipe names what differs from the
[defaults](reference.md).

`tests/plain_forward.py` (NumPy) and `tests/reference/make_models.py` (PyTorch) run each model from its two files alone,
without any code of the engine, and say the same to 1e-6: `python tests/plain_forward.py core/models/names · m a r`."""


def number(value: float, name: str) -> str:
    """A share in per cent, anything else to four digits."""
    return f"{100 * value:.1f} %" if name in SHARES else f"{value:.4g}"


def interval(figure: Figure) -> str:
    """A figure with its interval, if it has one."""
    value, low, high = (number(v, figure.name) for v in (figure.value, figure.low, figure.high))
    return value if figure.low == figure.high else f"{value} ({low} to {high})"


def summary() -> str:
    """One row for each model: its first figure beside the best that a baseline does."""
    rows = []
    for one in map(card, names()):
        first = one.figures[0]
        beaten = [f for f in one.baselines if f.name == first.name]
        best = (min if first.name in ("squared error", "loss") else max)(beaten, key=lambda f: f.value)
        size = f"{one.bytes / 1000:,.0f} kB"
        link = f"[`{one.id}`](#{one.id})"
        said = f"{number(best.value, best.name)} ({best.by})"
        rows.append((link, one.title, f"{first.name} {interval(first)}", said, f"{one.parameters:,}", size))
    heads = ("model", "what it does", "held out", "best baseline", "parameters", "weights")
    total = sum(card(n).bytes for n in names()) / 1e6
    return f"{table(heads, rows)}\n\nAll weights together are {total:.1f} MB."


def differing(values: Mapping[str, Any], defaults: Mapping[str, Any]) -> str:
    """What is not at its default, as text; equations stand by themselves."""
    found = {n: v for n, v in values.items() if v != defaults[n] and "\n" not in str(v)}
    return ", ".join(f"{n} {v}" for n, v in found.items())


def figures(one: Card) -> str:
    """A row for each figure, a column for the model and for each baseline."""
    by = list(dict.fromkeys(f.by for f in one.baselines))
    said = {(f.name, f.by): interval(f) for f in one.baselines}
    rows = ((f.name, f"{f.n:,}", interval(f), *(said.get((f.name, b), "") for b in by)) for f in one.figures)
    return table(("figure", "cases", "the model", *by), rows)


def section(one: Card) -> str:
    """All of a card."""
    data = COLLECTIONS[one.recipe["data"]]
    kind = "Real" if data.real else "Generated"
    cell = one.recipe["cell"]
    equations = f"\n\n```\n{cell}\n```" if "\n" in cell else ""
    return (
        f"## {one.id}\n\n**{one.title}.** {one.description}\n\n"
        f"- Data: `{data.id}`, {data.title}. {kind}: {sourced(data.origin, data.licence)}. {data.split}\n"
        f"- Recipe: {differing(one.recipe, FIELDS)}.\n"
        f"- Training: {differing(one.options, OPTIONS)}.\n"
        f"- Weakness: {one.weakness}{equations}\n\n{figures(one)}"
    )


def motivation(name: str) -> str:
    """A table of why sequences need memory."""
    found = tables.table(name)
    rows = (
        (
            r["model"],
            f"{100 * r['accuracy']:.1f} % ({100 * r['accuracy_low']:.1f} to {100 * r['accuracy_high']:.1f})",
            f"{r['perplexity']:.1f} ({r['perplexity_low']:.1f} to {r['perplexity_high']:.1f})",
            f"{r['parameters']:,}",
            "" if r["unseen"] is None else f"{100 * r['unseen']:.1f} %",
        )
        for r in found["models"]
    )
    sizes = ((str(r["n"]), f"{r['contents']:,}", f"1e{r['possible_log10']:.0f}", *_shares(r)) for r in found["windows"])
    models = table(("reads", "accuracy", "perplexity", "parameters", "contents never seen in training"), rows)
    heads = ("words", "different ones in training", "possible", "held out, never seen", "the same, rare words spelled")
    words = f"## Why memory\n\n{found['title']}: {found['settings']}. Measured by `{found['command']}`."
    return f"{words}\n\n{models}\n\nWindows of one to eight words:\n\n{table(heads, sizes)}"


def _shares(row: Mapping[str, float]) -> Iterable[str]:
    return (f"{100 * row[n]:.1f} %" for n in ("unseen", "unseen_spelled"))


def page() -> str:
    """The whole page."""
    return "\n\n".join((HEAD, summary(), *(section(card(n)) for n in names()), *map(motivation, tables.names()))) + "\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE.name} is written\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
