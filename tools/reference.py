"""Write docs/reference.md from the tables of the engine: `make reference-page`; a test holds it to them."""

import sys
from collections.abc import Iterable
from pathlib import Path

from core.cells import CELLS, SOURCES, TITLES
from core.data import COLLECTIONS, TASKS
from core.decoding_options import DECODING
from core.ops import OPS
from core.optim import CLIPPINGS, OPTIMISERS, SCHEDULES
from core.options import OPTIONS
from core.recipe import FIELDS, Field

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference.md"
HEAD = """# Reference: recipe fields, training, decoding, tasks, cells, operations

Made from the engine's own tables by `make reference-page`; edit the tables, not this page.
"""


def sourced(origin: str, licence: str) -> str:
    """Where data come from and what one may do with them."""
    return "made by rules of this project, no licence needed" if origin == "generated" else f"{origin}; {licence}"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [list(heads), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def span(field: Field) -> str:
    """What a field may be, in words."""
    if field.choices:
        return ", ".join(f"`{value}`" for value, _label in field.choices)
    if field.low is None or field.high is None:
        return field.kind
    return f"{field.kind}, {field.low:,.0f} to {field.high:,.0f}" + (" or none" if field.optional else "")


def needed(field: Field) -> str:
    """When a field matters."""
    ways = (f"`{n}` is {' or '.join(f'`{v}`' if v else 'none' for v in some)}" for n, some in field.needs.items())
    return f" Matters where {' and '.join(ways)}." if field.needs else ""


def field_table(fields: Iterable[Field]) -> str:
    """One row for each field."""
    rows = (
        (f"`{f.name}`", f.label, span(f), f"`{'none' if f.default is None else f.default}`", f.unit, f.help + needed(f))
        for f in fields
    )
    return table(("field", "label", "values", "default", "unit", "meaning"), rows)


def fields() -> str:
    """The recipe's fields: one choice of an experiment each."""
    return "## Recipe fields\n\n" + field_table(FIELDS.values())


def training() -> str:
    """How a network is trained, and on what."""
    rules = (
        ("optimiser", f"`{o.name}`", f"{o.help} Rate {o.rate:g} unless said.", f"${o.latex}$")
        for o in OPTIMISERS.values()
    )
    clipping = (("clipping", f"`{c.name}`", c.help, "") for c in CLIPPINGS.values())
    schedules = (("schedule", f"`{s.name}`", s.help, "") for s in SCHEDULES.values())
    methods = table(("what", "name", "meaning", "rule"), (*rules, *clipping, *schedules))
    return f"## Training\n\n{field_table(OPTIONS.values())}\n\n{methods}"


def decoding() -> str:
    """How a network writes."""
    return "## Decoding\n\n" + field_table(DECODING.values())


def tasks() -> str:
    """The generated tasks with what the best constant answer costs."""
    rows = (
        (f"`{t.id}`", t.description, t.head, str(t.length), f"{t.baseline.value(t.length):.6g}: {t.baseline.formula}")
        for t in TASKS.values()
    )
    heads = ("task", "what is asked", "head", "usual steps", "loss of the best constant answer")
    return "## Tasks with known answers\n\nGenerated; they need no licence.\n\n" + table(heads, rows)


def collections() -> str:
    """The data sets with a part that is held out."""
    rows = (
        (
            f"`{c.id}`",
            f"{c.description} {c.caution}".strip(),
            "real" if c.real else "generated",
            sourced(c.origin, c.licence),
            f"{c.sizes[0]} to {c.sizes[1]}, {c.head}, {c.relation}",
            c.split,
        )
        for c in COLLECTIONS.values()
    )
    heads = ("data set", "what is asked", "real or generated", "origin and licence", "sizes, head, answers", "parts")
    said = "Excerpts lie under `core/data/excerpts`, each beside its licence and a notice of where it comes from."
    return f"## Data sets with a part that is held out\n\n{said}\n\n" + table(heads, rows)


def cells() -> str:
    """The cells, with their equations as the engine reads them."""
    blocks = (
        f"### `{name}`: {TITLES[name]}\n\n{SOURCES[name]}.\n\n```\n{cell.source}\n```" for name, cell in CELLS.items()
    )
    return "## Cells\n\n" + "\n\n".join(blocks)


def operations() -> str:
    """The functions that an equation may call."""
    rows = ((f"`{op.name}`", op.glyph, f"`{op.numpy.format('x')}`") for op in OPS.values())
    return "## Operations\n\nBeside `+`, `-`, `*` and `@`, an equation may call:\n\n" + table(
        ("name", "drawn as", "in NumPy"), rows
    )


def page() -> str:
    """The whole page."""
    parts = (fields(), training(), decoding(), tasks(), collections(), cells(), operations())
    return "\n\n".join((HEAD.rstrip("\n"), *parts)) + "\n"


def main() -> int:
    """Write the page."""
    PAGE.write_text(page())
    sys.stdout.write(f"{PAGE.name} is written\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
