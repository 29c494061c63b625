"""The excerpts: licence and notice beside each, nothing believed that differs, all of it small."""

import hashlib
import re
import shutil
from pathlib import Path

import pytest

from core.data import COLLECTIONS, excerpt
from core.data.excerpt import FOLDER, notice, read
from core.errors import ExcerptError, UnrolledError

NAMES = sorted(path.parent.name for path in FOLDER.glob("*/NOTICE.toml"))
MOST_BYTES = 10_000_000
OPEN = {
    "ecg-100": "ODC-By-1.0",
    "ecg-208": "ODC-By-1.0",
    "emoji": "CC-BY-4.0",
    "moby-dick": "PDDL-1.0 for the file, CC0-1.0 for its contents",
    "names": "Public domain (a work of the United States government)",
    "optical-digits": "CC-BY-4.0",
    "pen-digits": "CC-BY-4.0",
    "sentiment": "CC0-1.0",
    "sp500": "NCSA",
    "spoken-digits": "CC-BY-SA-4.0",
    "trigger": "CC0-1.0",
    "voices": "CC-BY-SA-3.0",
}


def test_each_excerpt_has_one_of_these_licences() -> None:
    assert {name: notice(name).licence for name in NAMES} == OPEN
    assert set(NAMES) == {c.excerpt for c in COLLECTIONS.values() if c.excerpt}


@pytest.mark.parametrize("name", NAMES)
def test_a_notice_says_whose_it_is_and_names_every_file_with_its_sha256(name: str) -> None:
    found = notice(name)
    for said in (found.title, found.authors, found.source, found.changes, found.package.name, found.package.version):
        assert said
    assert found.licence_address.startswith("https://")
    present = {p.name for p in (FOLDER / name).iterdir()} - {"NOTICE.toml", "LICENSE.txt"}
    assert present == set(found.files)
    for file, taken in found.files.items():
        assert hashlib.sha256((FOLDER / name / file).read_bytes()).hexdigest() == taken.sha256


@pytest.mark.parametrize("name", NAMES)
def test_the_licence_of_a_package_that_asks_for_its_text_lies_beside(name: str) -> None:
    asks = re.match(r"(BSD|MIT$|NCSA)", notice(name).package.licence)
    text = FOLDER / name / "LICENSE.txt"
    assert text.exists() == bool(asks)
    assert not asks or ("Copyright" in text.read_text() and "WARRANT" in text.read_text())


def test_all_excerpts_together_are_under_ten_megabytes() -> None:
    assert sum(p.stat().st_size for p in FOLDER.rglob("*") if p.is_file()) < MOST_BYTES


@pytest.mark.parametrize("collection", [c for c in COLLECTIONS.values() if c.excerpt], ids=lambda c: c.id)
def test_a_collection_names_the_licence_and_the_carrier_of_its_excerpt(collection: object) -> None:
    found = notice(collection.excerpt)  # type: ignore[attr-defined]
    said = f"{collection.licence} {collection.origin}".replace("-", " ").lower()  # type: ignore[attr-defined]
    assert found.package.version.split("-")[0] in said or found.package.kind == "own"
    word = found.licence.split()[0].split("-")[0].lower()
    assert word in said or "public domain" in said


def test_a_file_that_was_changed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(FOLDER / "names", tmp_path / "names")
    monkeypatch.setattr(excerpt, "FOLDER", tmp_path)
    for cached in (notice, read):
        cached.cache_clear()
    assert read("names", "male.txt")[:5] == b"JAMES"
    read.cache_clear()
    file = tmp_path / "names" / "male.txt"
    file.write_bytes(b"JAMEZ" + file.read_bytes()[5:])
    with pytest.raises(ExcerptError, match=r"names/male\.txt is not the file of its notice"):
        read("names", "male.txt")
    file.unlink()
    with pytest.raises(UnrolledError, match="cannot be read"):
        read("names", "male.txt")
    for cached in (notice, read):
        cached.cache_clear()
