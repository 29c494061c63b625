"""What the figures say, in a language: their titles, and what stands under the pointer."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from app import figures
from app.words import told

SAID, BREAK = ("text", "hovertemplate"), "<br>"


@cache
def spoken(language: str) -> dict[str, figures.Template]:
    """Every template, its titles and what stands under the pointer in a language."""
    return {name: _spoken(language, found) for name, found in figures.templates().items()}


def _spoken(language: str, value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _spoken(language, item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_spoken(language, item) for item in value]
    return BREAK.join(told(language, line) for line in value.split(BREAK)) if key in SAID else value


def texts(value: Any, key: str = "") -> Iterator[str]:
    """What `spoken` looks up: the lines of titles and of what stands under the pointer."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from texts(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif key in SAID:
        yield from value.split(BREAK)
