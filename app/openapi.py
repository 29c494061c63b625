"""The API described: parameters from the recipe's own table, problems from the table of problems."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.figures import VIEWS
from app.problems import KINDS, MEDIA_TYPE
from app.words import LANGUAGES
from core.decoding_options import DECODING
from core.experiment import GROUPS
from core.fields import FIELDS, Field
from core.finding_options import FINDING
from core.geometry import BOXES
from core.options import OPTIONS
from core.surgery import KINDS as KINDS_OF_SURGERY
from core.surgery import MOST

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


def field_parameters(fields: Mapping[str, Field]) -> list[Schema]:
    """A table of fields as a query."""
    return [parameter(f.name, _given(field_schema(f)), f.help) for f in fields.values()]


def _given(schema: Schema) -> Schema:
    # In a query, a field that is none is a field that is not there.
    several = isinstance(schema.get("type"), list)
    kept = {name: value for name, value in schema.items() if name != "default" or value is not None}
    return {**kept, "type": schema["type"][0]} if several else kept


def body_schema(title: str, fields: Mapping[str, Field], **more: Schema) -> Schema:
    """A table of fields as a body."""
    shown = {**properties(fields), **more}
    return {"type": "object", "title": title, "additionalProperties": False, "properties": shown}


def properties(fields: Mapping[str, Field]) -> dict[str, Schema]:
    """Each field of a table as a schema."""
    return {field.name: {**field_schema(field), "description": field.help} for field in fields.values()}


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
        "Groups of arrays, with commas between them; all but the costly `spectral` and `windows` by default. "
        "`matrix` is the quick part of `contributions`: of W, U and b, without each gate's own and without truncation.",
    )
    | {"style": "form", "explode": False},
    "encoding": parameter(
        "encoding",
        {"type": "string", "enum": ["list", "base64"], "default": "list"},
        "`base64` sends little-endian bytes in place of nested lists.",
    ),
    "start": parameter("start", {**whole(), "default": 0}, "Number of the first event to send."),
    "update": parameter("update", whole(), "After how many updates: one of those at which the run takes a snapshot."),
    "needed-update": parameter("update", whole(), "After how many updates: one at which the run takes a snapshot.")
    | {"required": True},
    "pace": parameter("pace", {"type": "number", "minimum": 0, "maximum": 10}, "Seconds from one event to the next."),
    "node": parameter("node", {"type": "string"}, "A node of the cell (`f`), its pre-activation (`f.pre`), or `loss`."),
    "t": parameter("t", whole(), "The timestep."),
    "unit": parameter("unit", whole(), "The unit of the node."),
    "parameter": parameter("parameter", {"type": "string"}, "In place of `node`: a parameter, such as `U`."),
    "k": parameter("k", whole(), "With `parameter`: the timestep at which the parameter was used."),
    "id": parameter("id", {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "The id of a model.", "path"),
    "prefix": parameter(
        "prefix",
        {"type": "string", "pattern": "^[A-Za-z0-9._-]{0,128}$"},
        "Which recurrent module of a PyTorch file, if there are several.",
    ),
    "nonlinearity": parameter(
        "nonlinearity",
        {"type": "string", "enum": ["tanh", "relu"]},
        "What PyTorch does not write into a file of `nn.RNN`.",
    ),
    "kind": parameter(
        "kind",
        {"type": "string", "enum": ["text", "table", "sound"]},
        "What a file of one's own is; nothing lets its content decide.",
    ),
    "box": parameter(
        "box",
        {"type": "string", "enum": [*BOXES], "default": BOXES[0]},
        "Which part of the plane is seen: `whole` from -1 to 1 at least, or just that of the `path`.",
    ),
    "lang": parameter("lang", {"type": "string", "enum": [*LANGUAGES], "default": "en"}, "The language of its words."),
    "lesson": parameter("lesson", {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"}, "The id of a lesson.", "path"),
    "step": parameter("step", {"type": "integer", "minimum": 1, "maximum": 99}, "The step, from 1 on.", "path"),
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
        "id": {"type": "string", "pattern": "^[0-9a-f]{64}(-[0-9]+)?$"},
        "engine": {"type": "string"},
        "recipe": {"$ref": "#/components/schemas/Recipe"},
        "dims": {"type": "object", "additionalProperties": {"type": "integer"}},
        "labels": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "arrays": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Array"}},
        "nonfinite": {"type": "array", "items": {"type": "object"}},
        "nonfinite_count": {"type": "integer"},
    },
}
TRAINED = {**FIELDS, **OPTIONS}
SOUGHT = {**TRAINED, **FINDING}
RUNS: Schema = {
    "type": "array",
    "minItems": 1,
    "maxItems": 4,
    "items": {"$ref": "#/components/schemas/Training"},
    "description": "Several runs in one stream; what stands beside the list is the default of each.",
}
INTERVENTIONS: Schema = {
    "type": "array",
    "maxItems": MOST,
    "items": {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"type": "string", "enum": [*KINDS_OF_SURGERY]},
            **{name: {} for fields, _ in KINDS_OF_SURGERY.values() for name in fields},
        },
        "additionalProperties": False,
    },
    "description": "What is done to the run: `clamp` a node, replace a `token`, draw on the `input`, `zero` a state, "
    "`scale` a parameter.",
}
BODIES: Mapping[str, Mapping[str, Field]] = {
    "Recipe": FIELDS,
    "Operation": FIELDS,
    "Training": TRAINED,
    "Race": TRAINED,
    "Finding": SOUGHT,
    "Decoding": {**TRAINED, **DECODING},
}
BARE = {"", "Weights"}  # nothing to choose, or a file
NAMES = {name for fields in BODIES.values() for name in fields}
SECTIONS = {"the recipe": "recipe", "how it is trained": "training", "how it writes": "decoding"}
SHOWN: Mapping[str, int] = {"Recipe": 1, "Operation": 1, "Training": 2, "Race": 2, "Finding": 2, "Decoding": 3}
MORE: Mapping[str, Mapping[str, Schema]] = {"Race": {"runs": RUNS}, "Operation": {"interventions": INTERVENTIONS}}
SCHEMAS: dict[str, Schema] = {
    **{name: body_schema(name, fields, **MORE.get(name, {})) for name, fields in BODIES.items()},
    "Problem": PROBLEM,
    "Array": ARRAY,
    "Trace": TRACE,
}
TRACED = {"$ref": "#/components/schemas/Trace"}
ANSWERS: Mapping[str, Schema] = {"traces": TRACED, "training_trace": TRACED}


def operation(
    name: str,
    method: str,
    *,
    media_types: Sequence[str],
    statuses: Iterable[int],
    controls: Iterable[str] = (),
    body: str = "Recipe",
) -> Schema:
    """What FastAPI cannot know of an operation whose input is read by our own rules; `body` names its fields."""
    fields = BODIES[body] if method == "GET" and body not in BARE else {}
    lists = [listed(*each) for each in MORE.get(body, {}).items()] if method == "GET" else []
    found: Schema = {
        "operationId": name if method == "GET" else f"{name}_by_post",
        "parameters": [CONTROLS[control] for control in controls] + lists + field_parameters(fields),
        "x-fields": dict([*SECTIONS.items()][: SHOWN.get(body, 0)]),
        "responses": success(name, media_types) | {str(status): failure(status) for status in statuses},
    }
    if method == "POST":
        found["requestBody"] = {"required": True, "content": sent(body)}
    if body == "Weights":
        found["responses"]["201"] = found["responses"].pop("200")
    return found


def sent(body: str) -> dict[str, Schema]:
    """What a body is: an object of fields, or a file."""
    if body == "Weights":
        return {"application/octet-stream": {"schema": {"type": "string", "format": "safetensors"}}}
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{body}"}}}


def listed(name: str, schema: Schema) -> Schema:
    """A list in a query: JSON as text."""
    return {
        "name": name,
        "in": "query",
        "description": schema["description"],
        "content": {"application/json": {"schema": schema}},
    }


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
