"""How much of the machine other programs take, measured while we do nothing."""

import os
import time
from pathlib import Path

STAT = Path("/proc/stat")


def others(seconds: float = 0.7) -> float:
    """The share of all processors that are busy while we sleep, in %; 0 where the system does not tell."""
    start = busy()
    time.sleep(seconds)
    return 100 * (busy() - start) / (seconds * (os.cpu_count() or 1))


def busy() -> float:
    """Processor seconds of all programs since the start of the machine."""
    if not STAT.exists():
        return 0.0
    user, nice, system, _idle, _wait, *rest = map(int, STAT.read_text().split("\n", 1)[0].split()[1:])
    return (user + nice + system + sum(rest[:3])) / os.sysconf("SC_CLK_TCK")
