"""Find a Chrome or Chromium for the browser tests; with --install, get the distribution's."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome")
PACKAGES = ("chromium", "fonts-dejavu-core")
MISSING = """No browser for the browser tests.
Install Google Chrome or Chromium, or name one: CHROME=/path/to/chrome make test"""


def find() -> str | None:
    """Give the browser's path: the one that CHROME names, else the first on the PATH."""
    named = os.environ.get("CHROME")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, NAMES)), None)


def as_root() -> list[str] | None:
    """Give the words before a command that needs root; None when there is no way."""
    if os.geteuid() == 0:
        return []
    return ["sudo", "-n"] if shutil.which("sudo") else None


def install() -> None:
    """Install the distribution's Chromium, and fonts that a bare machine lacks."""
    prefix = as_root()
    if prefix is None or not shutil.which("apt-get"):
        return
    sys.stdout.write(f"== Installing {', '.join(PACKAGES)} from the distribution\n")
    sys.stdout.flush()
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = [*prefix, "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    for words in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run([*apt, *words], env=quiet, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.stderr.write(done.stderr)


def main() -> int:
    """Print the browser's path and version, or say what is missing and fail."""
    if find() is None and "--install" in sys.argv and "CHROME" not in os.environ:
        install()
    path = find()
    if path is None:
        sys.stderr.write(MISSING + "\n")
        return 1
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    sys.stdout.write(f"== Browser: {said.stdout.strip() or 'unknown'} ({Path(path)})\n")
    return said.returncode


if __name__ == "__main__":
    raise SystemExit(main())
