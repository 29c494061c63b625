"""A compute process: reads tasks from its input, writes frames to its output.

It gives way to the web process (nice), may not outgrow its share of memory, and does not outlive
its parent, however that ends.
"""

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterator
from time import monotonic
from typing import BinaryIO

import orjson

from app.problems import Refusal, clean, refusal
from app.tasks import Task, frames, read_task
from core.errors import Problem

LENGTH, HEAD = struct.Struct("<I"), struct.Struct("<IB")
FRAME, DONE, FAILED, HELLO = 0, 1, 2, 3
FLUSH_SECONDS = 0.01
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
        for task in tasks(sys.stdin.buffer):
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


def tasks(source: BinaryIO) -> Iterator[Task]:
    """The tasks, one by one, until the parent closes the pipe."""
    while head := source.read(LENGTH.size):
        yield read_task(source.read(*LENGTH.unpack(head)))


def answer(task: Task, output: BinaryIO) -> None:
    """All frames of a task, then its end or its failure."""
    flushed = monotonic()
    try:
        for frame in frames(task):
            send(output, FRAME, frame)
            if monotonic() - flushed > FLUSH_SECONDS:
                output.flush()
                flushed = monotonic()
        send(output, DONE, b"")
    except Exception as exc:  # noqa: BLE001 - the process must outlive every task
        send(output, FAILED, pack(refusal(exc)))
    output.flush()


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
