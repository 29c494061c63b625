"""Everything that the pages say, gathered from where it is said, and what the other languages lack of it."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import orjson

from app import catalog, words
from app.cells_door import listed
from app.settings import Settings
from core.examples import EXAMPLES
from core.notation import describe
from tests.serving import ROOT

TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
REFERENCE = {"docs.html"}  # the reference of the API is English, as the API is
SAID = re.compile(r"""(?<![\w.])say\((?:"([^"]+)"|'([^']+)')\)""")
HOLE = re.compile(r"\{\w*\}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
READ_ALOUD = re.compile(r"""\b(?:title|aria-label|alt|placeholder|content)="([^"]*)\"""")
NAMES = {"Unrolled", "Esc", "width=device-width, initial-scale=1", "light dark", "website"}
# Titles of problems and names of parts that the page's own modules put together, and the service's texts.
PYTHON = sorted(p for folder in ("app", "core") for p in (ROOT / folder).glob("**/*.py"))


@cache
def keys() -> dict[str, str]:
    """The English sentences of the page's modules, by key."""
    found: dict[str, str] = {}
    for path in sorted(ROOT.glob("static/js/**/*.js")):
        found |= words.sentences(path.read_text())
    return found


@cache
def said() -> frozenset[str]:
    """The English sentences of the templates, and of what there is to choose from."""
    templates = {a or b for path in TEMPLATES for a, b in SAID.findall(path.read_text())}
    examples = [describe(example.cell) for example in EXAMPLES.values()]
    chosen = orjson.loads(orjson.dumps((catalog.whole(Settings()), examples))), orjson.loads(listed())["examples"]
    return frozenset(templates | {text for part in chosen for text in words.wordy(part)})


def faults(language: str) -> Iterator[str]:
    """What a language lacks, what it has for nothing, and where it fills in something else than English does."""
    rows, source = words.rows(language), english_code()
    for key, text in keys().items():
        if key not in rows:
            yield f"{language}: no words for {key} = “{text}”"
        elif sorted(HOLE.findall(rows[key])) != sorted(HOLE.findall(text)):
            yield f"{language}: {key} fills in {HOLE.findall(rows[key])}, not {HOLE.findall(text)}"
    yield from (f"{language}: no words for “{t}”" for t in sorted(said()) if t not in rows and not known(language, t))
    for text in rows:
        if text not in keys() and text not in said() and pattern(text) not in source:
            yield f"{language}: “{text}” is said nowhere"
    yield from twice(language)


def known(language: str, text: str) -> bool:
    """Whether a text fits a row with holes."""
    return words.told(language, text) != text


def twice(language: str) -> Iterator[str]:
    """Rows that stand in two files."""
    seen: dict[str, str] = {}
    for path in sorted((words.FOLDER / language).glob("*.toml")):
        for text in words.rows(language, path.stem):
            if text in seen:
                yield f"{language}: “{text}” stands in {seen[text]} and in {path.name}"
            seen[text] = path.name


def pattern(text: str) -> str:
    """A sentence with all its holes alike."""
    return HOLE.sub("{}", text)


@cache
def english_code() -> str:
    """All texts of the service and of the page's modules, their holes alike."""
    modules = [p.read_text() for p in (*PYTHON, *sorted(ROOT.glob("static/js/**/*.js")))]
    return re.sub(r"\$?\{[^{}]*\}", "{}", re.sub(r'"\s*\n\s*f?"', "", "\n".join(modules)))


def bare() -> Iterator[tuple[Path, str]]:
    """What templates say outside the catalogue."""
    for path in TEMPLATES:
        if path.name in REFERENCE:
            continue
        text = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\0", path.read_text(), flags=re.DOTALL)
        aloud = [part for value in READ_ALOUD.findall(text) for part in value.split("\0")]
        shown = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", "\0", text, flags=re.DOTALL).split("\0")
        found = (part.strip(" ·\n") for part in (*aloud, *shown))
        yield from ((path, each) for each in found if LETTERS.search(each) and each not in NAMES)
