"""Nothing a visitor may choose goes without a word in docs/ and a test that names it."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from app import words
from app.settings import Settings
from core import ENGINE
from core.cells import CELLS
from core.data import COLLECTIONS, TASKS
from core.decoding_options import DECODING
from core.ops import OPS
from core.optim import CLIPPINGS, OPTIMISERS, SCHEDULES
from core.options import OPTIONS
from core.recipe import FIELDS
from tests import spoken
from tests.serving import ROOT
from tools import model_page, reference

THINGS = {
    "operation": tuple(OPS),
    "cell": tuple(CELLS),
    "recipe field": tuple(FIELDS),
    "training option": tuple(OPTIONS),
    "decoding field": tuple(DECODING),
    "task": tuple(TASKS),
    "data set": tuple(COLLECTIONS),
    "optimiser": tuple(OPTIMISERS),
    "clipping": tuple(CLIPPINGS),
    "schedule": tuple(SCHEDULES),
    "setting": tuple(Settings.model_fields),
}
ALL = [(kind, thing) for kind, things in THINGS.items() for thing in things]
DOCS = "\n".join(path.read_text() for path in sorted(ROOT.glob("docs/*.md")))
TESTS = "\n".join(
    path.read_text()
    for ending in ("py", "js")
    for path in sorted(ROOT.glob(f"tests/**/*.{ending}"))
    if path.name != "test_documented.py"
)


@pytest.mark.parametrize(("kind", "thing"), ALL)
def test_it_is_documented(kind: str, thing: str) -> None:
    written = f"UNROLLED_{thing.upper()}" if kind == "setting" else thing
    found = re.search(rf"`{re.escape(written)}[`=]", DOCS) is not None
    assert found, f"the {kind} `{written}` stands nowhere in docs/"


@pytest.mark.parametrize(("kind", "thing"), ALL)
def test_it_is_named_in_a_test(kind: str, thing: str) -> None:
    ways = rf"(?<![\w.-]){re.escape(thing)}(?![\w-])|UNROLLED_{thing.upper()}\b"
    found = re.search(ways, TESTS) is not None
    assert found, f"no test names the {kind} {thing}"


def test_the_reference_page_says_what_the_tables_say() -> None:
    assert reference.PAGE.read_text() == reference.page(), "run `make reference-page`"


def test_the_page_of_models_says_what_the_cards_say() -> None:
    assert model_page.PAGE.read_text() == model_page.page(), "run `make models-page`"


def test_there_is_one_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    latest = re.search(r"^## \[([^\]]+)\]", changes, re.MULTILINE)
    versions = {
        "engine": ENGINE,
        "pyproject.toml": tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"],
        "package.json": json.loads((ROOT / "package.json").read_text())["version"],
        "package-lock.json": json.loads((ROOT / "package-lock.json").read_text())["version"],
        "CHANGELOG.md": latest[1] if latest else None,
    }
    assert len(set(versions.values())) == 1, versions


def test_every_sentence_has_its_words_in_every_language_and_no_word_is_without_its_sentence() -> None:
    """What is missing is named with its place: give it a row in `app/words/<language>/`."""
    wrong = [fault for language in words.LANGUAGES if language != "en" for fault in spoken.faults(language)]
    assert not wrong, "\n".join(wrong)


def test_templates_say_nothing_that_no_catalogue_knows() -> None:
    bare = [f"{path.name} says “{text}”: write {{{{ say(...) }}}}" for path, text in spoken.bare()]
    assert not bare, "\n".join(bare)


PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")] + sorted(ROOT.glob("docs/**/*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_only_to_what_is_there(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    gone = [target for target in targets if not (page.parent / target).exists()]
    assert not gone, f"{page.name} points at {gone}"
