"""The API described: parameters from the recipe's own table, problems from the table of problems."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.figures import VIEWS
from app.problems import KINDS, MEDIA_TYPE
from core.experiment import GROUPS
from core.recipe import FIELDS, Field

Schema = dict[str, Any]
EMPTY = {204: "The reader has every event already.", 304: "The answer is the one whose ETag was sent."}
TYPES = {"choice": "string", "text": "string", "integer": "integer", "number": "number"}


def field_schema(field: Field) -> Schema:
    """What a field may be. A cell may be equations too, which no list can hold."""
    schema: Schema = {"type": TYPES[field.kind], "title": field.label, "default": field.default}
    limits = {"choice": (), "text": ("minLength", "maxLength")}.get(field.kind, ("minimum", "maximum"))
    schema |= {name: bound for name, bound in zip(limits, (field.low, field.high), strict=False) if bound is not None}
    if field.kind == "text":
        schema["format"] = "sentence"
    if field.choices:
        schema["enum"] = [value for value, _ in field.choices]
    if field.name == "cell":
        equations = {"type": "string", "format": "equations", "title": "Equations, one line for each node"}
        schema = {"anyOf": [schema, equations], "title": field.label, "default": field.default}
    return _optional(schema) if field.optional else schema


def _optional(schema: Schema) -> Schema:
    return {**schema, "type": [schema["type"], "null"]}


def recipe_parameters() -> list[Schema]:
    """The recipe as a query."""
    return [parameter(f.name, _given(field_schema(f)), f.help) for f in FIELDS.values()]


def _given(schema: Schema) -> Schema:
    # In a query, a field that is none is a field that is not there.
    several = isinstance(schema.get("type"), list)
    kept = {name: value for name, value in schema.items() if name != "default" or value is not None}
    return {**kept, "type": schema["type"][0]} if several else kept


def recipe_schema() -> Schema:
    """The recipe as a body."""
    properties = {field.name: {**field_schema(field), "description": field.help} for field in FIELDS.values()}
    return {"type": "object", "title": "Recipe", "additionalProperties": False, "properties": properties}


def parameter(name: str, schema: Schema, description: str, where: str = "query") -> Schema:
    """One parameter of an operation."""
    required = {"required": True} if where == "path" else {}
    return {"name": name, "in": where, "description": description, "schema": schema, **required}


def whole(high: int = 2**31 - 1) -> Schema:
    """A whole number from 0 on."""
    return {"type": "integer", "minimum": 0, "maximum": high}


CONTROLS: Mapping[str, Schema] = {
    "include": parameter(
        "include",
        {"type": "array", "items": {"type": "string", "enum": [*GROUPS]}, "minItems": 1, "uniqueItems": True},
        "Groups of arrays, with commas between them; all but the costly `spectral` by default.",
    )
    | {"style": "form", "explode": False},
    "encoding": parameter(
        "encoding",
        {"type": "string", "enum": ["list", "base64"], "default": "list"},
        "`base64` sends little-endian bytes in place of nested lists.",
    ),
    "start": parameter("start", {**whole(), "default": 0}, "Number of the first event to send."),
    "pace": parameter("pace", {"type": "number", "minimum": 0, "maximum": 10}, "Seconds from one event to the next."),
    "node": parameter("node", {"type": "string"}, "A node of the cell (`f`), its pre-activation (`f.pre`), or `loss`."),
    "t": parameter("t", whole(), "The timestep."),
    "unit": parameter("unit", whole(), "The unit of the node."),
    "parameter": parameter("parameter", {"type": "string"}, "In place of `node`: a parameter, such as `U`."),
    "k": parameter("k", whole(), "With `parameter`: the timestep at which the parameter was used."),
    "view": parameter(
        "view", {"type": "string", "enum": [*VIEWS]}, "The name of a view; the catalogue lists them.", "path"
    ),
}
PROBLEM: Schema = {
    "type": "object",
    "title": "Problem",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "enum": [f"/docs#{kind}" for kind in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "retry_after_s": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}, "allowed": {}},
            },
        },
    },
}


ARRAY: Schema = {
    "type": "object",
    "title": "Array",
    "description": "Numbers with named dimensions; null where a number is not finite.",
    "required": ["dims", "shape", "dtype", "data"],
    "properties": {
        "dims": {"type": "array", "items": {"type": "string"}},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "dtype": {"type": "string"},
        "data": {"type": ["array", "number", "string", "null"]},
    },
}
TRACE: Schema = {
    "type": "object",
    "title": "Trace",
    "description": "All that happened in a run.",
    "required": ["id", "engine", "recipe", "dims", "labels", "arrays", "nonfinite"],
    "properties": {
        "id": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "engine": {"type": "string"},
        "recipe": {"$ref": "#/components/schemas/Recipe"},
        "dims": {"type": "object", "additionalProperties": {"type": "integer"}},
        "labels": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "arrays": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Array"}},
        "nonfinite": {"type": "array", "items": {"type": "object"}},
        "nonfinite_count": {"type": "integer"},
    },
}
SCHEMAS: dict[str, Schema] = {"Recipe": recipe_schema(), "Problem": PROBLEM, "Array": ARRAY, "Trace": TRACE}
ANSWERS: Mapping[str, Schema] = {"traces": {"$ref": "#/components/schemas/Trace"}}


def operation(
    name: str,
    method: str,
    *,
    media_types: Sequence[str],
    statuses: Iterable[int],
    controls: Iterable[str] = (),
    recipe: bool = True,
) -> Schema:
    """What FastAPI cannot know of an operation whose input is read by our own rules."""
    by_query = recipe and method == "GET"
    found: Schema = {
        "operationId": name if method == "GET" else f"{name}_by_post",
        "parameters": [CONTROLS[control] for control in controls] + (recipe_parameters() if by_query else []),
        "responses": success(name, media_types) | {str(status): failure(status) for status in statuses},
    }
    if method == "POST":
        schema = {"$ref": "#/components/schemas/Recipe"}
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return found


def success(name: str, media_types: Iterable[str]) -> dict[str, Schema]:
    """The answers that were asked for."""
    schema = {"schema": ANSWERS.get(name, {"type": "object"})}
    content = {media_type: schema if media_type == "application/json" else {} for media_type in media_types}
    return {"200": {"description": "As asked.", "content": content}}


def failure(status: int) -> Schema:
    """A problem of one status; 204 and 304 are none, and have nothing to say."""
    if status in EMPTY:
        return {"description": EMPTY[status]}
    titles = [kind.title for kind in KINDS.values() if kind.status == status]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "; ".join(titles), "content": {MEDIA_TYPE: {"schema": schema}}}
