"""A compute process: reads tasks from its input, writes frames to its output.

It gives way to the web process (nice), may not outgrow its share of memory, and does not outlive
its parent, however that ends.
"""

import ctypes
import os
import resource
import select
import signal
import struct
import sys
from collections.abc import Iterator
from time import monotonic
from typing import BinaryIO

import orjson

from app.problems import Refusal, clean, refusal
from app.tasks import LONG, Task, frames, read_task
from core.errors import Problem

LENGTH, HEAD = struct.Struct("<I"), struct.Struct("<IB")
FRAME, DONE, FAILED, HELLO = 0, 1, 2, 3
HALT = b""
# What is only watched is sent in larger pieces: every piece wakes every viewer.
FLUSH_SECONDS, LONG_FLUSH_SECONDS, LOOK_SECONDS = 0.01, 0.05, 0.01
PR_SET_PDEATHSIG = 1


def main() -> None:
    """Prepare the process, then compute until the input ends."""
    parent, niceness, memory = (int(text) for text in sys.argv[1:])
    tie_to(parent)
    os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    # The keyboard's interrupt reaches the whole group; ending us is for the parent to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with claim_output() as output:
        send(output, HELLO, b"")
        output.flush()
        for task in tasks():
            answer(task, output)


def tie_to(parent: int) -> None:
    """Die with the parent, even when it is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(0)


def claim_output() -> BinaryIO:
    """Keep the output for frames: whatever else prints goes to the log."""
    output = os.fdopen(os.dup(1), "wb", buffering=2**16)
    os.dup2(2, 1)
    return output


def tasks() -> Iterator[Task]:
    """The tasks, one by one, until the parent closes the pipe. A word to halt that came too late says nothing."""
    while head := exactly(LENGTH.size):
        if message := exactly(*LENGTH.unpack(head)):
            yield read_task(message)


def exactly(size: int) -> bytes:
    """So many bytes of the input, without a buffer that would hide from `halted` what has come; fewer at its end."""
    parts, missing = [], size
    while missing and (part := os.read(0, min(missing, 2**20))):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def halted() -> bool:
    """Whether the parent has said something: while a task is under way it can only be the word to halt."""
    return bool(select.select([0], [], [], 0)[0])


def answer(task: Task, output: BinaryIO) -> None:
    """All frames of a task, then its end or its failure."""
    try:
        pass_on(frames(task), output, LONG_FLUSH_SECONDS if task.kind in LONG else FLUSH_SECONDS)
        send(output, DONE, b"")
    except Exception as exc:  # noqa: BLE001 - the process must outlive every task
        send(output, FAILED, pack(refusal(exc)))
    output.flush()


def pass_on(found: Iterator[bytes], output: BinaryIO, patience: float) -> None:
    """Send frames as they come, some at a time, and look up between them."""
    looked = monotonic()
    flushed = looked - patience
    for frame in found:
        send(output, FRAME, frame)
        now = monotonic()
        if now - flushed > patience:
            output.flush()
            flushed = now
        if now - looked > LOOK_SECONDS:
            looked = now
            if halted():
                raise Refusal("draining", "Nobody waits for this any more.")


def send(output: BinaryIO, kind: int, payload: bytes) -> None:
    """One message to the parent."""
    output.write(HEAD.pack(len(payload), kind))
    output.write(payload)


def pack(found: Refusal) -> bytes:
    """A refusal as it travels to the parent."""
    problems = [(p.pointer, p.message, clean(p.allowed)) for p in found.problems]
    return orjson.dumps((found.kind, found.detail, problems, clean(found.more)))


def unpack(payload: bytes) -> Refusal:
    """The refusal that travelled."""
    kind, detail, problems, more = orjson.loads(payload)
    return Refusal(kind, detail, *(Problem(*problem) for problem in problems), **more)


if __name__ == "__main__":
    main()
