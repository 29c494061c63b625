"""A run that talks for long, on tape: every event once, ready for each form of a stream.

A frame holds the event as a block of an event stream, with its JSON inside, and as a binary frame;
behind them stands what hangs on the event without being sent: the weights of a snapshot.
"""

import struct
from collections.abc import Sequence
from typing import Any

import orjson

from app.wire import ARRAYS, binary_frame
from core.trace import Event

# Where the JSON begins, where the block ends, where the binary frame ends; whose event it is, and at which update.
HEAD = struct.Struct("<IIIII")
FLOATS = {n: struct.Struct(f"<{n}d") for n in range(1, 65)}
Place = tuple[int, int]


def frame(event: Event, t: int, numbers: Sequence[float] | None = None, attached: bytes = b"") -> bytes:
    """An event on tape; `numbers`, where given, are its whole payload in the binary form."""
    said = orjson.dumps(_members(event), option=ARRAYS)
    lead = b"id: %d\nevent: %s\ndata: " % (event.number, event.kind.encode())
    run = event.data.get("run", 0)
    packed = binary_frame(event.kind, t, event.number, _packed(numbers) if numbers else said, run)
    ends = (len(lead), len(lead) + len(said) + 2, len(lead) + len(said) + 2 + len(packed))
    return b"".join((HEAD.pack(*ends, run, t), lead, said, b"\n\n", packed, attached))


def _members(event: Event) -> dict[str, Any]:
    step = {} if event.t is None else {"t": event.t}
    return {"event": event.kind, "number": event.number, **step, **event.data, **event.arrays}


def _packed(numbers: Sequence[float]) -> bytes:
    known = FLOATS.get(len(numbers)) or struct.Struct(f"<{len(numbers)}d")
    return known.pack(*numbers)


def cut(taped: bytes, form: str) -> bytes:
    """One event in one form of a stream."""
    said, block, binary, _, _ = HEAD.unpack_from(taped)
    if form == "binary":
        return taped[HEAD.size + block : HEAD.size + binary]
    return taped[HEAD.size : HEAD.size + block] if form == "sse" else taped[HEAD.size + said : HEAD.size + block - 1]


def attached(taped: bytes) -> bytes:
    """What hangs on an event."""
    return taped[HEAD.size + HEAD.unpack_from(taped)[2] :]


def place(taped: bytes) -> Place | None:
    """Whose event it is and at which update, if something hangs on it."""
    _, _, binary, run, t = HEAD.unpack_from(taped)
    return (run, t) if len(taped) > HEAD.size + binary else None
