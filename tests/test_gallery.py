"""The gallery of docs/: every picture of every feature is there, and all of them are small."""

import pytest

from tests.browser.gallery import FOLDER, SCREENS, THEMES, Shot, page_of, shots

MOST_BYTES = 4_000_000


@pytest.mark.parametrize("shot", shots(), ids=lambda shot: shot.name)
def test_a_feature_is_shown_in_light_and_dark(shot: Shot) -> None:
    assert shot.screen in SCREENS
    for theme in THEMES:
        assert (FOLDER / f"{shot.name}-{theme}.webp").read_bytes()[8:12] == b"WEBP", "run `make gallery`"


def test_the_page_shows_what_is_declared_and_nothing_lies_about() -> None:
    assert (FOLDER / "README.md").read_text() == page_of(shots()), "run `make gallery`"
    there = {path.name for path in FOLDER.glob("*.webp")}
    assert there == {f"{shot.name}-{theme}.webp" for shot in shots() for theme in THEMES}


def test_the_pictures_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.webp")) < MOST_BYTES
