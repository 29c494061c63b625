"""What a long command says while it runs: a bar on a terminal, plain lines elsewhere; and how it is stopped cleanly."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from types import FrameType
from typing import TextIO

WIDTH = 28
BAR_SECONDS, LINE_SECONDS = 0.1, 5.0
INTERRUPTED = 130


@dataclass
class Stop:
    """Whether somebody has asked to stop. The second time is obeyed at once."""

    asked: bool = False

    def hear(self, _signal: int, _frame: FrameType | None) -> None:
        """Remember the wish; what is under way is finished first."""
        self.asked = True
        signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Ctrl-C asks to stop instead of stopping in the middle of something."""
    stop = Stop()
    before = signal.signal(signal.SIGINT, stop.hear)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


@dataclass
class Progress:
    """How far something is, on standard error: its output may be a file."""

    total: int
    unit: str
    out: TextIO = field(default_factory=lambda: sys.stderr)

    def __post_init__(self) -> None:
        self.began = monotonic()
        self.said, self.bar = 0.0, self.out.isatty()

    def at(self, done: int, words: str) -> None:
        """Say how far it is, if it is time to say something."""
        now = monotonic()
        if done < self.total and now - self.said < (BAR_SECONDS if self.bar else LINE_SECONDS):
            return
        self.said = now
        self.out.write(self._bar(done, words, now) if self.bar else f"{done}/{self.total} {self.unit}  {words}\n")
        self.out.flush()

    def _bar(self, done: int, words: str, now: float) -> str:
        filled = WIDTH * done // max(self.total, 1)
        speed = done / max(now - self.began, 1e-9)
        left = f"{(self.total - done) / speed:.0f} s left" if done and done < self.total else ""
        return f"\r\x1b[K{'█' * filled}{'·' * (WIDTH - filled)} {done}/{self.total} {self.unit}  {words}  {left}"

    def end(self, words: str = "") -> None:
        """Leave the bar's line, and say how it ended."""
        self.out.write(("\n" if self.bar else "") + (f"{words}\n" if words else ""))
        self.out.flush()
