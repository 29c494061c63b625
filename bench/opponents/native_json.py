"""The same steps as FastAPI sends them by itself: a generator of dictionaries, encoded by the framework."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI, Request

from core.experiment import events
from core.recipe import recipe_from_query

app = FastAPI()


@app.get("/stream")
async def stream(request: Request) -> AsyncIterator[dict[str, Any]]:
    """Every forward and backward step of a recipe, one line of JSON each."""
    for event in events(recipe_from_query(request.query_params.multi_items())):
        if event.kind in {"forward", "backward"}:
            arrays = {name: values.tolist() for name, values in event.arrays.items()}
            yield {"kind": event.kind, "number": event.number, "t": event.t, "arrays": arrays}
