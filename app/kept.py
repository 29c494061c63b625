"""Finished pages, kept for the next who opens the same address: to put one together takes longer than to send it."""

from collections import OrderedDict

MOST_BYTES = 16 * 2**20


class Kept:
    """Pages by what they depend on. The one that was asked for longest ago makes room."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.pages: OrderedDict[tuple[str, ...], bytes] = OrderedDict()
        self.bytes = 0

    def find(self, key: tuple[str, ...]) -> bytes | None:
        """The page of a key, if it is here."""
        if key in self.pages:
            self.pages.move_to_end(key)
        return self.pages.get(key)

    def keep(self, key: tuple[str, ...], page: bytes) -> None:
        """Keep a page as long as there is room."""
        self.bytes += len(page) - len(self.pages.pop(key, b""))
        self.pages[key] = page
        while self.bytes > self.most:
            self.bytes -= len(self.pages.popitem(last=False)[1])
