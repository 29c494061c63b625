"""Other people's pages with our embeds in them: slide decks as files, plain pages of another origin."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Frame, Page

from tests.serving import ROOT

REVEAL = ROOT / "node_modules/reveal.js/dist"


class Quiet(SimpleHTTPRequestHandler):
    """Files with a few headers, said nothing about."""

    more: Mapping[str, str] = {}

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def end_headers(self) -> None:
        """Send what this host sends with everything."""
        for name, value in self.more.items():
            self.send_header(name, value)
        super().end_headers()


@contextmanager
def elsewhere(folder: Path, **headers: str) -> Iterator[str]:
    """Serve a folder from another origin."""
    kind = type("Host", (Quiet,), {"more": {name.replace("_", "-"): value for name, value in headers.items()}})
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(kind, directory=str(folder))) as host:
        thread = threading.Thread(target=host.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{host.server_address[1]}"
        finally:
            host.shutdown()
            thread.join()


def frame_of(source: str, more: str = "") -> str:
    """An embed as people write it."""
    return f'<iframe src="{source}" width="960" height="540" title="Unrolled" allow="fullscreen" {more}></iframe>'


def plain(folder: Path, *frames: str) -> Path:
    """A page with nothing but frames."""
    path = folder / "plain.html"
    path.write_text(f"<!doctype html><meta charset=utf-8><title>Plain</title>{''.join(frames)}")
    return path


def reveal_deck(folder: Path, *sources: str) -> Path:
    """A reveal.js deck with a slide for each embed, as the reveal.js manual tells people to write one.

    The first is not loaded ahead: reveal.js would tell a frame that is still empty that its slide is there, and
    never again.
    """
    ahead = ["", *["data-preload"] * len(sources)]
    slides = "".join(
        f'<section><iframe data-src="{source}" {when} width="960" height="600"></iframe></section>'
        for source, when in zip(sources, ahead, strict=False)
    )
    path = folder / "deck.html"
    path.write_text(
        f"""<!doctype html><html><head><meta charset="utf-8"><title>Deck</title>
<link rel="stylesheet" href="{(REVEAL / "reveal.css").as_uri()}"></head>
<body><div class="reveal"><div class="slides">{slides}</div></div>
<script src="{(REVEAL / "reveal.js").as_uri()}"></script>
<script>Reveal.initialize({{ width: 1000, height: 640, transition: "none", hash: false }});</script></body></html>"""
    )
    return path


READY = "document.documentElement.dataset.ready === 'interactive'"
PLACE = "(({ t, k, phase, playing }) => ({ t, k, phase, playing }))(unrolled.player.state)"


def embedded(page: Page, part: str, seconds: float = 20) -> Frame:
    """The frame whose address holds a text, once its picture is there."""
    for _ in range(int(seconds / 0.05)):
        found = next((frame for frame in page.frames[1:] if part in frame.url), None)
        if found and found.evaluate(READY):
            return found
        page.wait_for_timeout(50)
    message = f"no frame with {part} came to life among {[frame.url[:80] for frame in page.frames]}"
    raise AssertionError(message)


def until(page: Page, true: Callable[[], object], seconds: float = 10) -> None:
    """Wait for something to be so, the browser going on meanwhile."""
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        page.wait_for_timeout(20)
    message = f"not so after {seconds} s"
    raise AssertionError(message)


ASK = """(asked) => new Promise((resolve) => {
  const id = Math.random();
  const hear = ({ data }) => {
    if (data?.unrolled !== 1 || data.id !== id) return;
    window.removeEventListener("message", hear);
    resolve(data);
  };
  window.addEventListener("message", hear);
  document.querySelector("iframe").contentWindow.postMessage({ unrolled: 1, id, ...asked }, "*");
})"""
