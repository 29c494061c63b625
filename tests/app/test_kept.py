"""Finished pages: the same bytes for the same address, no more than fit, and nothing that may not last."""

from app.kept import Kept


def test_a_page_is_found_again_until_others_need_its_room() -> None:
    kept = Kept(most=10)
    kept.keep(("a",), b"1234")
    kept.keep(("b",), b"1234")
    assert kept.find(("a",)) == b"1234"
    kept.keep(("c",), b"1234")
    assert kept.find(("b",)) is None
    assert kept.find(("a",)) == kept.find(("c",)) == b"1234"


def test_a_page_that_is_kept_anew_takes_its_room_once() -> None:
    kept = Kept(most=10)
    for _ in range(5):
        kept.keep(("a",), b"12345678")
    assert (kept.bytes, kept.find(("a",))) == (8, b"12345678")


def test_a_page_larger_than_all_the_room_is_not_kept() -> None:
    kept = Kept(most=4)
    kept.keep(("a",), b"12345")
    assert (kept.bytes, kept.find(("a",))) == (0, None)
