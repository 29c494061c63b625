"""The languages of the page: one folder of words for each beside English, which is written where it is said.

A row of `words/de/*.toml` gives the German of a key (`"panel.back"`) or of an English sentence; what no row knows stays
English. In a sentence `{}` or `{name}` stands for whatever is filled in.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

LANGUAGES = {"en": "English", "de": "Deutsch"}
FOLDER = Path(__file__).parent / "words"
ANSWERS = "answers*"  # the files whose rows the page itself needs: what the API says, which speaks English to everybody
ROW = re.compile(r'("(?:[^"\\]|\\.)+"):\s*("(?:[^"\\]|\\.)*")')
TABLE = re.compile(r"const ENGLISH = \{\n.*?\n\};", re.DOTALL)
EMPTY = "const TEXTS = {};"
HOLE = re.compile(r"\{(\w*)\}")
NAMED = re.compile(r"([a-z_0-9]+: )(.+)", re.DOTALL)  # a fault of a field
# The members of what there is to choose from that are words for people, and the tables of such words.
WORDY = frozenset({"label", "help", "title", "description", "note", "caution", "weakness"})
TABLES = {"choice_labels", "headings"}
SYMBOLS = "graph"  # what stands in the drawing of a cell are symbols


# -- catalogues ----------------------------------------------------------------------------------------------


@cache
def rows(language: str, file: str = "*") -> Mapping[str, str]:
    """What a language's files say, or one of them; English says itself."""
    found: dict[str, str] = {}
    for path in sorted((FOLDER / language).glob(f"{file}.toml")):
        found |= tomllib.loads(path.read_text())
    return found


@lru_cache(maxsize=4096)
def told(language: str, sentence: str) -> str:
    """A finished sentence in a language: as it stands, or by the row whose holes it fills."""
    if (known := rows(language).get(sentence)) is not None:
        return known
    for names, shape, text in _patterns(language):
        if match := shape.fullmatch(sentence):
            given = {name: told(language, text) for name, text in zip(names, match.groups(), strict=True)}
            return HOLE.sub(lambda hole: given.get(hole[1], hole[0]), text)  # noqa: B023 - filled at once
    named = NAMED.fullmatch(sentence)
    return f"{named[1]}{told(language, named[2])}" if named else sentence


def complained(language: str, problem: dict[str, Any]) -> dict[str, Any]:
    """A problem's document in a language."""
    detail = "; ".join(told(language, part) for part in problem["detail"].split("; "))
    errors = [{**error, "message": told(language, error["message"])} for error in problem.get("errors", ())]
    return {**problem, "title": told(language, problem["title"]), "detail": detail, "errors": errors}


@cache
def _patterns(language: str) -> tuple[tuple[list[str], re.Pattern[str], str], ...]:
    """Sentences with holes, the longest first: the names of the holes, the sentence's shape, its words."""
    holed = by_length({text: words for text, words in rows(language).items() if HOLE.search(text) and " " in text})
    return tuple((HOLE.findall(text), shape(text), words) for text, words in holed.items())


def shape(text: str) -> re.Pattern[str]:
    """A sentence whose holes may hold anything."""
    parts = HOLE.split(text)[::2]
    return re.compile("(.+)".join(map(re.escape, parts)), re.DOTALL)


def by_length(texts: Mapping[str, str]) -> dict[str, str]:
    """Rows, the longest first: what says more is tried before what says less."""
    return dict(sorted(texts.items(), key=lambda row: -len(row[0])))


def translated(language: str, value: Any) -> Any:
    """What there is to choose from, its words for people in a language."""
    if isinstance(value, list):
        return [translated(language, each) for each in value]
    return {k: _member(language, k, each) for k, each in value.items()} if isinstance(value, dict) else value


def _member(language: str, name: str, value: Any) -> Any:
    if name == SYMBOLS:
        return value
    if name in WORDY and isinstance(value, str):
        return told(language, value)
    if name in TABLES and isinstance(value, dict):
        return {key: told(language, text) for key, text in value.items()}
    return translated(language, value)


def wordy(value: Any) -> Iterator[str]:
    """Every text that `translated` would look up."""
    if isinstance(value, list):
        for each in value:
            yield from wordy(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name in WORDY and isinstance(each, str):
                yield from [each] if each else []
            elif name in TABLES and isinstance(each, dict):
                yield from each.values()
            elif name != SYMBOLS:
                yield from wordy(each)


# -- modules -------------------------------------------------------------------------------------------------


def sentences(module: str) -> dict[str, str]:
    """The English sentences of a module's table, by key."""
    found = (row for table in TABLE.findall(module) for row in ROW.findall(table))
    return {json.loads(key): json.loads(text) for key, text in found}


def spoken(language: str, module: str) -> str:
    """A module with its sentences in a language in place of the English ones."""
    known = rows(language)

    def row(match: re.Match[str]) -> str:
        text = known.get(json.loads(match[1]), json.loads(match[2]))
        return f"{match[1]}: {json.dumps(text, ensure_ascii=False)}"

    said = TABLE.sub(lambda table: ROW.sub(row, table[0]), module)
    texts = json.dumps(by_length(rows(language, ANSWERS)), ensure_ascii=False, separators=(",", ":"))
    return said.replace(EMPTY, f"const TEXTS = {texts};")


# -- which language ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Voice:
    """How a page speaks: its language, whether its address says so, and its address in the other language."""

    language: str = "en"
    asked: bool = False
    elsewhere: str = "/?lang=de"

    @property
    def other(self) -> str:
        """The language that it does not speak."""
        return next(name for name in LANGUAGES if name != self.language)

    def say(self, text: str) -> str:
        """A key's or a sentence's words."""
        return told(self.language, text)

    def link(self, path: str) -> str:
        """The address of another page, which speaks the same language."""
        return f"{path}?lang={self.language}" if self.asked else path


ENGLISH = Voice()


def voice_of(request: Request) -> Voice:
    """The voice of the page that a request asks for."""
    found = Voice(language_of(request), request.query_params.get("lang") in LANGUAGES)
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return replace(found, elsewhere=f"{request.url.path}?{urlencode([*kept, ('lang', found.other)])}")


def language_of(request: Request) -> str:
    """The language of a page: what its address says, else what this browser keeps, else what it prefers."""
    kept = (request.query_params.get("lang"), request.cookies.get("lang"))
    return next((said for said in kept if said in LANGUAGES), None) or preferred(request)


def preferred(request: Request) -> str:
    """The first of the browser's languages that we speak."""
    listed = [item.partition(";") for item in request.headers.get("accept-language", "").lower().split(",")[:20]]
    weighed = ((name.strip()[:2], _weight(rest)) for name, _, rest in listed)
    known = [(weight, name) for name, weight in weighed if name in LANGUAGES and weight > 0]
    return max(known, key=lambda each: each[0])[1] if known else "en"


def _weight(text: str) -> float:
    """The q of a language, 1 unless it says less."""
    found = re.fullmatch(r"q=([01](?:\.\d{0,3})?)", text.strip())
    return float(found[1]) if found else 1.0
