"""The vendored libraries keep to the policy of the page: the fixture notices any violation."""

from playwright.sync_api import Page

from tests.browser.explorer import visit
from tests.serving import ROOT

BASE = """() => `${document.querySelector('link[rel="stylesheet"]').href.split("/").slice(0, 4).join("/")}/vendor/`"""

FORMULA = """async (base) => {
  const { default: katex } = await import(`${base}KATEX/katex.mjs`);
  const host = document.body.appendChild(document.createElement("p"));
  katex.render(String.raw`\\textcolor{#a00}{\\sigma}(W_f x_t + \\sqrt{\\frac{a}{b}})`, host, { strict: "error" });
  return [...host.querySelectorAll(".katex-html [style]")].filter((element) => element.style.length).length;
}"""

FIGURE = """async (base) => {
  if (!globalThis.Plotly) {
    await new Promise((done, fail) => {
      const script = document.createElement("script");
      Object.assign(script, { src: `${base}PLOTLY/plotly-cartesian.min.js`, onload: done, onerror: fail });
      document.head.append(script);
    });
  }
  const host = document.body.appendChild(document.createElement("div"));
  const shown = [{ type: "heatmap", z: [[1, 2], [3, 4]] }];
  await Plotly.newPlot(host, shown, { width: 400, height: 300, template: {} });
  const picture = await Plotly.toImage(host, { format: "png", width: 400, height: 300 });
  const heat = host.querySelector(".heatmaplayer image");
  return { rendering: heat.style.imageRendering, injected: document.querySelectorAll("style").length,
           picture: picture.slice(0, 22) };
}"""


def folder(library: str) -> str:
    """The folder of a library, which names its version."""
    return next(path.name for path in (ROOT / "static/vendor").iterdir() if path.name.startswith(f"{library}-"))


def test_formulas_keep_to_the_policy(page: Page) -> None:
    visit(page)
    script = FORMULA.replace("KATEX", folder("katex"))
    assert page.evaluate(script, page.evaluate(BASE)) > 5


def test_figures_keep_to_the_policy_and_heat_maps_stay_sharp(page: Page) -> None:
    visit(page)
    script = FIGURE.replace("PLOTLY", folder("plotly-cartesian"))
    found = page.evaluate(script, page.evaluate(BASE))
    assert found == {"rendering": "pixelated", "injected": 0, "picture": "data:image/png;base64,"}
