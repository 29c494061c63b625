"""From a request to a recipe and a few controls, strictly.

A query and a JSON body say the same thing. Nothing unknown, doubled, malformed or half a character
passes; the recipe's own rules are the engine's.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from app.limits import read_body
from app.models import Models, with_model
from app.operating import checked_surgery
from app.problems import Refusal, clip
from app.services import of
from app.settings import Settings
from core.checks import from_text
from core.errors import Problem, RecipeError
from core.experiment import DEFAULT_GROUPS, GROUPS
from core.fields import FIELDS, Field
from core.recipe import Recipe, make_recipe

LONGEST_NUMBER, LONGEST_FRACTION = 32, 400
FEW = 64


@dataclass(frozen=True)
class Asked:
    """What a request asks for: a recipe, the values of this route's controls as text, the recipe's model, surgery."""

    recipe: Recipe
    controls: Mapping[str, str]
    packed: bytes = b""
    interventions: str = ""

    @property
    def surgery(self) -> tuple[tuple[str, str], ...]:
        """The interventions as a task carries them."""
        return (("interventions", self.interventions),) if self.interventions else ()

    @property
    def include(self) -> tuple[str, ...]:
        """The groups of arrays, in the order of the contract."""
        if "include" not in self.controls:
            return DEFAULT_GROUPS
        names = [name.strip() for name in self.controls["include"].split(",")]
        if unknown := [name for name in names if name not in GROUPS]:
            raise RecipeError(Problem("/include", f"{clip(unknown[0])!r} is not a group", [*GROUPS]))
        if len(set(names)) < len(names):
            raise RecipeError(Problem("/include", "names a group twice", [*GROUPS]))
        return tuple(group for group in GROUPS if group in names)

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """A control that is one of a few words, the first by default."""
        value = self.controls.get(name, allowed[0])
        if value not in allowed:
            raise RecipeError(Problem(f"/{name}", f"{clip(value)!r} is not known here", [*allowed]))
        return value

    def whole(self, name: str, default: int | None = None, high: int = 2**31 - 1) -> int:
        """A control that is a whole number, 0 or more."""
        text = self.controls.get(name)
        if text is None and default is not None:
            return default
        if text and text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= high:
            return int(text)
        message = "a whole number is needed" if text is None else "must be a whole number"
        raise RecipeError(Problem(f"/{name}", message, {"low": 0, "high": high}))

    def seconds(self, name: str, high: float) -> float:
        """A control that is a time in seconds, 0 by default."""
        try:
            value = float(self.controls.get(name, "0")[:LONGEST_NUMBER])
        except ValueError:
            value = -1.0
        if 0 <= value <= high:
            return value
        raise RecipeError(Problem(f"/{name}", "must be a number of seconds", {"low": 0, "high": high}))


@dataclass(frozen=True)
class Given:
    """What a request gives: values of the right types for some fields, not yet checked, and this route's controls."""

    values: dict[str, object]
    controls: Mapping[str, str]


async def read(request: Request, settings: Settings, *controls: str, surgery: bool = False) -> Asked:
    """What a request asks for, wherever it says so; with `surgery` a list of interventions may be part of it."""
    found = await given(request, settings, *controls, lists=("interventions",) if surgery else ())
    items = found.values.pop("interventions", None) if surgery else None
    recipe, packed = found_model(check_text(make_recipe(found.values), settings), of(request).models)
    return Asked(recipe, found.controls, packed, "" if items in (None, []) else checked_surgery(recipe, items))


async def given(
    request: Request,
    settings: Settings,
    *controls: str,
    fields: Mapping[str, Field] = FIELDS,
    lists: Sequence[str] = (),
) -> Given:
    """What a request gives for a table of fields, and for some lists, which are JSON in a query too."""
    pairs = query_pairs(request.scope["query_string"])
    said = {name: value for name, value in pairs if name in controls}
    rest = [(name, value) for name, value in pairs if name not in controls]
    if request.method == "GET":
        return Given({name: _typed(name, text, fields, lists) for name, text in rest}, said)
    if rest:
        raise RecipeError(Problem(f"/{clip(rest[0][0])}", "give the recipe in the body, not in the address"))
    return Given(json_object(await body_text(request, settings)), said)


def found_model(recipe: Recipe, models: Models) -> tuple[Recipe, bytes]:
    """The recipe with the model that it names in place, and that model as it travels."""
    packed = models.needed(recipe)
    return with_model(recipe, packed), packed


def _typed(name: str, text: str, fields: Mapping[str, Field], lists: Sequence[str]) -> object:
    if name in lists:
        return _encodable({name: json_value(text)})[name]
    return from_text(fields[name], text) if name in fields else text


def check_text(recipe: Recipe, settings: Settings) -> Recipe:
    """The recipe, unless its text is longer than this server reads."""
    for name, value in recipe.values.items():
        if isinstance(value, str) and len(value) > settings.text_points:
            allowed = {"longest": settings.text_points}
            raise RecipeError(Problem(f"/{name}", f"has {len(value)} characters", allowed))
    return recipe


def query_pairs(query: bytes) -> list[tuple[str, str]]:
    """The fields of a query, each once."""
    try:
        text = query.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FEW)
    except ValueError:
        detail = "The query must be percent-encoded UTF-8 with few fields."
        raise Refusal("bad-request", detail) from None
    return [*_each_once(pairs).items()]


async def body_text(request: Request, settings: Settings) -> str:
    """The body as text, if it is declared to be plain JSON in UTF-8."""
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if media_type.strip() != "application/json" or charset not in {"", "utf-8", "utf8"}:
        raise Refusal("wrong-type", "The body must be declared as application/json in UTF-8.")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Refusal("wrong-type", "The body must not be compressed.")
    try:
        return (await read_body(request, settings)).decode()
    except UnicodeDecodeError as exc:
        raise Refusal("bad-json", f"The body is not UTF-8 at byte {exc.start}.") from None


def json_object(text: str) -> dict[str, object]:
    """One JSON object, read more strictly than JSON libraries do."""
    value = json_value(text)
    if not isinstance(value, dict):
        raise Refusal("bad-json", 'The body must be one object, like {"hidden": 8}.')
    return _encodable(value)


def json_value(text: str) -> Any:
    """One JSON value, without duplicates and with numbers that everyone can read."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_not_a_number,
            parse_int=_whole,
            parse_float=_finite,
        )
    except json.JSONDecodeError as exc:
        raise Refusal("bad-json", f"{exc.msg} (line {exc.lineno}, column {exc.colno})") from None
    except RecursionError:
        raise Refusal("bad-json", "The JSON is nested too deeply.") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(pairs) > FEW:
        raise Refusal("bad-json", f"An object of {len(pairs)} members is no recipe.")
    return _each_once(pairs)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    times = Counter(name for name, _ in pairs)
    if doubled := [name for name, count in times.items() if count > 1]:
        raise RecipeError(*(Problem(f"/{clip(name)}", "is given more than once") for name in doubled))
    return dict(pairs)


def _not_a_number(name: str) -> float:
    raise Refusal("bad-json", f"{name} is not a number that JSON knows.")


def _whole(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise Refusal("bad-json", f"A whole number of {len(text)} digits is not read.")
    return int(text)


def _finite(text: str) -> float | int:
    value = float(text) if len(text) <= LONGEST_FRACTION else float("inf")
    if abs(value) == float("inf"):
        raise Refusal("bad-json", f"{clip(text, 20)} is not a number that can be read.")
    # JSON knows one sort of number: 8.0 is a whole number, as in JSON Schema.
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _encodable(values: dict[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        whole = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        try:
            f"{name}{whole}".encode()
        except UnicodeEncodeError:
            raise RecipeError(Problem(f"/{clip(name)}", "holds half of a character")) from None
    return values
