"""Everything that the pages say, gathered from where it is said, and what the other languages lack of it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import orjson

from app import captions, catalog, figures, words
from app.cells_door import listed
from app.settings import Settings
from core.examples import EXAMPLES
from core.notation import describe
from tests.serving import ROOT

TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
REFERENCE = {"docs.html"}  # the reference of the API is English, as the API is
SAID = re.compile(r"""(?<![\w.])say\((?:"([^"]+)"|'([^']+)')\)""")
HOLE = re.compile(r"\{\w*\}")
FILLED = re.compile(r"<extra>.*?</extra>|%?\{[^{}]*\}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
READ_ALOUD = re.compile(r"""\b(?:title|aria-label|alt|placeholder|content)="([^"]*)\"""")
NAMES = {"Unrolled", "Esc", "width=device-width, initial-scale=1", "light dark", "website"}
LITERAL = re.compile(r'"(?:[^"\\\n]|\\.)*"|`[^`]*`')
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
    drawn = {text for text in captions.texts(figures.templates()) if LETTERS.search(FILLED.sub("", text))}
    return frozenset(templates | drawn | {text for part in chosen for text in words.wordy(part)})


def faults(language: str) -> Iterator[str]:
    """What a language lacks, what it has for nothing, and where it fills in something else than English does."""
    rows = words.rows(language)
    for key, text in keys().items():
        if key not in rows:
            yield f"{language}: no words for {key} = “{text}”"
        elif sorted(HOLE.findall(rows[key])) != sorted(HOLE.findall(text)):
            yield f"{language}: {key} fills in {HOLE.findall(rows[key])}, not {HOLE.findall(text)}"
    yield from (f"{language}: no words for “{t}”" for t in sorted(said()) if t not in rows and not known(language, t))
    for text in rows:
        if text not in keys() and text not in said() and not is_said(text):
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


def is_said(text: str) -> bool:
    """Whether some text of the service or of the page's modules is this one, or becomes it once it is filled in."""
    alike = HOLE.sub("{}", text)
    known = {alike, alike.removeprefix("{} ")} & literals()
    return bool(known) or any(shape.fullmatch(alike) for shape in shapes())


@cache
def literals() -> frozenset[str]:
    """All texts of the service and of the page's modules, their holes alike."""
    modules = "\n".join(p.read_text() for p in sorted(ROOT.glob("static/js/**/*.js")))
    found = {HOLE.sub("{}", re.sub(r"\$\{[^{}]*\}", "{}", text[1:-1])) for text in LITERAL.findall(modules)}
    return frozenset(found.union(*(python_texts(path) for path in PYTHON)))


def python_texts(path: Path) -> Iterator[str]:
    """The texts of a module, what is filled in as holes."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@cache
def shapes() -> tuple[re.Pattern[str], ...]:
    """What a text may become whose holes are filled in with words; one that is nothing but holes says nothing."""
    holed = [text for text in literals() if "{}" in text and "\n" not in text and LETTERS.search(text)]
    return tuple(re.compile(".+".join(map(re.escape, text.split("{}")))) for text in holed)


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
