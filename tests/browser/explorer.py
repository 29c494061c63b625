"""What the tests of the explorer share: opening it, waiting for it to rest, asking where things are."""

from typing import Any

from playwright.sync_api import Locator, Page

RESTS = """() => document.documentElement.dataset.ready === "interactive" &&
  [...document.querySelectorAll(".frame:not([hidden]) .frame-plot:not(.at-rest)")]
    .every((plot) => !plot.offsetParent)"""

STATE = "(({ t, k, phase, focus, playing }) => ({ t, k, phase, focus, playing }))(unrolled.player.state)"


def rest(page: Page) -> None:
    """Wait until the page has arrived and all its figures are Plotly's."""
    for _ in range(600):
        if page.evaluate(RESTS):
            return
        page.wait_for_timeout(25)
    message = f"The page did not come to rest: {page.evaluate('document.documentElement.dataset.ready')}"
    raise AssertionError(message)


def visit(page: Page, address: str = "/") -> Page:
    """Open an address and wait until it rests."""
    page.goto(address)
    rest(page)
    return page


def state(page: Page) -> dict[str, Any]:
    """Where the player stands."""
    found: dict[str, Any] = page.evaluate(STATE)
    return found


def until(page: Page, expression: str, seconds: float = 10) -> None:
    """Wait for an expression to be true, asking from outside the page's policy."""
    for _ in range(int(seconds / 0.02)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(20)
    message = f"not true after {seconds} s: {expression}"
    raise AssertionError(message)


def middle(place: Locator) -> float:
    """The horizontal middle of an element."""
    box = place.bounding_box()
    assert box, place
    return box["x"] + box["width"] / 2


def cell_of_matrix(page: Page, t: int, k: int) -> tuple[float, float]:
    """The middle of a cell of the (t, k) matrix, brought onto the screen."""
    plot = page.locator("#view-contributions .frame-plot")
    plot.evaluate("(plot) => plot.scrollIntoView({ block: 'start', behavior: 'instant' })")
    box = plot.bounding_box()
    assert box
    left, step, steps = page.evaluate("(({left, step, T}) => [left, step, T])(unrolled.stage.scene.timeline)")
    return box["x"] + left + (k + 0.5) * step, box["y"] + (t + 0.5) * box["height"] / steps


def step_of(page: Page, t: int) -> Locator:
    """A column of the unrolled network."""
    return page.locator(f".belt .step[data-t='{t}']:not([hidden])")
