"""Cells as text: what an editor asks while someone types, answered inline.

Without a cell it lists what there is to begin from; with one it describes it, or points at the first fault.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app import answers, openapi
from app.asked import body_text, json_object, query_pairs
from app.problems import Refusal, clip
from app.services import of
from app.settings import Settings
from core.cells import CELLS, SOURCES, TITLES
from core.equations import parse
from core.errors import EquationError, Problem, RecipeError
from core.examples import EXAMPLES
from core.notation import describe
from core.ops import OPS

JSON = "application/json"
OWN = "Own equations"
BEFORE, AFTER = 40, 20
CELL = {"type": "string", "format": "equations", "title": "The name of a cell, or equations, one line for each node"}
READ = (400, 405, 408, 413, 414, 415, 422, 431)

router = APIRouter(prefix="/api/v1")


async def cells(request: Request) -> Response:
    """Describe a cell from its equations, or list those to begin from."""
    source = await wanted(request, of(request).settings)
    body = listed() if source is None else orjson.dumps(described(source))
    return answers.answer(request, body, JSON, cache=answers.CHECK_FIRST)


async def wanted(request: Request, settings: Settings) -> str | None:
    """The one value that this route reads: `cell`, a name or equations."""
    pairs = query_pairs(request.scope["query_string"])
    given: dict[str, object] = dict(pairs)
    if request.method == "POST":
        if pairs:
            raise RecipeError(Problem(f"/{clip(pairs[0][0], 40)}", "give the cell in the body, not in the address"))
        given = json_object(await body_text(request, settings))
    if unknown := [name for name in given if name != "cell"]:
        raise RecipeError(Problem(f"/{clip(unknown[0], 40)}", "there is no such field", ["cell"]))
    source = given.get("cell")
    if source is not None and not isinstance(source, str):
        raise RecipeError(Problem("/cell", "must be the name of a cell or equations as text", [*CELLS]))
    return source


@cache
def listed() -> bytes:
    """The cells to begin from and the functions of the table, as JSON."""
    own = [{"id": n, "title": TITLES[n], "note": SOURCES[n], "source": cell.source} for n, cell in CELLS.items()]
    more = [{"id": n, "title": e.title, "note": e.note, "source": e.source} for n, e in EXAMPLES.items()]
    functions = [{"name": op.name, "glyph": op.glyph} for op in OPS.values()]
    return orjson.dumps({"examples": own + more, "functions": functions})


def described(source: str) -> dict[str, object]:
    """All that the catalogue says of a cell; an unreadable one is refused with the place of its fault."""
    if source in CELLS:
        return {"id": source, "title": TITLES[source], "paper": SOURCES[source], **describe(CELLS[source])}
    try:
        return {"id": source, "title": OWN, **describe(parse(source))}
    except EquationError as error:
        problem = Problem("/cell", error.message)
        place = {"line": error.line, "column": error.column, "pointed": pointed(error)}
        raise Refusal("bad-equation", str(error), problem, **place) from None


def pointed(error: EquationError) -> str:
    """The place of the fault with a caret under the character: a few words, never the whole line of a long text."""
    line = error.pointed().split("\n", 1)[0]
    start = max(0, error.column - BEFORE)
    return f"{line[start : error.column + AFTER]}\n{' ' * (error.column - start)}^"


def operation(method: str) -> Mapping[str, Any]:
    """The route described."""
    body = {"type": "object", "additionalProperties": False, "properties": {"cell": CELL}}
    by_query = {"parameters": [openapi.parameter("cell", CELL, "What to describe; nothing lists what to begin from.")]}
    by_body = {"requestBody": {"required": True, "content": {JSON: {"schema": body}}}}
    statuses = READ if method == "POST" else (304, *READ)
    answered = openapi.success("cells", [JSON]) | {str(status): openapi.failure(status) for status in statuses}
    name = "cells" if method == "GET" else "cells_by_post"
    return {"operationId": name, "responses": answered, **(by_query if method == "GET" else by_body)}


for _method in ("GET", "POST"):
    router.add_api_route(
        "/cells",
        cells,
        methods=[_method],
        description=cells.__doc__,
        operation_id=operation(_method)["operationId"],
        response_class=Response,
        openapi_extra=dict(operation(_method)),
    )
