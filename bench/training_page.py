"""The page while it trains: going through training time, and a race that is drawn while the player plays."""

import statistics
from collections.abc import Iterator

from playwright.sync_api import Page

from bench.browser import lateness
from bench.chromium import chromium, fresh, numbers, quantile, site, wait
from bench.report import Figure

RUN = "/?cell=lstm&data=adding&length=100&hidden=64&batch=4&updates=32&snapshots=0#tool=train"
RACE = "/?hidden=16&updates=4000&snapshots=4#tool=race&race=cells"
MARKS = [0, 1, 2, 4, 8, 16, 32]
PATIENCE = 120

SCRUB = f"""async (steps) => {{
  const marks = {MARKS};
  const asked = () => performance.getEntriesByType("resource").length;
  const before = asked();
  const taken = [];
  for (let n = 0; n < steps; n += 1) {{
    await new Promise((resolve) => setTimeout(resolve, 20 + ((n * 7) % 17)));
    const start = performance.now();
    unrolled.player.set({{ epoch: marks[(n * 3 + 1) % marks.length] }});
    await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => {{
      const {{ port1, port2 }} = new MessageChannel();
      port1.onmessage = resolve;
      port2.postMessage(0);
    }});
    taken.push(performance.now() - start);
  }}
  return [asked() - before, ...taken];
}}"""

WATCH = """async (frames) => {
  const said = document.querySelector(".run-said");
  const times = [performance.now()];
  let drawn = 0;
  let text = said.textContent;
  for (let n = 0; n < frames; n += 1) {
    times.push(await new Promise((resolve) => requestAnimationFrame(resolve)));
    if (said.textContent !== text) drawn += 1;
    text = said.textContent;
  }
  const seconds = (times.at(-1) - times[1]) / 1000;
  return [drawn / seconds, ...times.slice(2).map((time, n) => time - times[n + 1])];
}"""


def scrubbing(rounds: int) -> Iterator[Figure]:
    """From moving the bar of training time to the snapshot on the screen, and what that asks of the server."""
    with site() as url, chromium() as browser, fresh(browser) as context:
        page = begun(context.new_page(), url + RUN, "Train")
        wait(page, "document.querySelector('.run-said').textContent.startsWith('32 updates')", PATIENCE)
        for update in MARKS[1:]:
            page.evaluate(f"unrolled.player.set({{ epoch: {update} }})")
            wait(page, f"unrolled.stage.trace.id.endsWith('-{update}')", PATIENCE)
        asked, *taken = page.evaluate(SCRUB, max(40, 4 * rounds))
    p95 = quantile(taken, 0.95)
    yield Figure("t", "training time: snapshot painted, p95", p95, None, "ms", p95, "<=", 100.0)
    yield Figure("t", "training time: requests while scrubbing", asked, None, "", asked, "<=", 0.0)


def racing(rounds: int) -> Iterator[Figure]:
    """How often a race is drawn while the player plays, and how many frames are late, against an empty animation."""
    with site() as url, chromium() as browser, fresh(browser) as context:
        empty = context.new_page()
        idle = lateness(numbers(empty, "unrolledBench.idle(300)"))
        page = begun(context.new_page(), url + RACE, "Race")
        wait(page, "/^Update/.test(document.querySelector('.run-said').textContent)", PATIENCE)
        page.evaluate("unrolled.player.set({ speed: 8 }); unrolled.player.play()")
        readings = [page.evaluate(WATCH, 60) for _ in range(max(2, rounds // 8))]
    rate = statistics.median(reading[0] for reading in readings)
    late = statistics.median(lateness(reading[1:])[1] for reading in readings)
    yield Figure("t", "race of three: updates drawn a second", rate, None, "1/s", rate, ">=", 10.0)
    yield Figure("t", "race of three: late frames", late, idle[1], "%", late, "<=", 1.0)


def begun(page: Page, address: str, name: str) -> Page:
    """A page on which a tool's button has been pressed."""
    page.goto(address)
    wait(page, "document.documentElement.dataset.ready === 'interactive'", PATIENCE)
    page.get_by_role("button", name=name, exact=True).click()
    return page
