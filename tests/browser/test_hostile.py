"""Markup in every place that a visitor can fill: it is shown as text, runs nowhere, and the policy is never asked."""

import json
from pathlib import Path
from urllib.parse import urlencode

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.weights import save
from tests.app.talk import WEB
from tests.browser.conftest import Opener
from tests.browser.explorer import rest, until, visit

CALL = "pwned()"
TAGS = ["img", "svg", "body", "iframe", "video", "audio", "object", "input", "details", "marquee", "style", "math"]
EVENTS = ["onerror", "onload", "onfocus", "ontoggle", "onpointerenter", "onanimationstart"]
ENDS = ["", '">', "'>", "-->", "]]>", "</script>", "</title>", "</textarea>", "</style>", "\u2028", "*/", "`}"]
PAYLOADS = [
    f"{end}<{tag}/src=x/{event}={CALL}>" for end in ENDS for tag, event in zip(TAGS[:3], EVENTS[:3], strict=True)
]
PAYLOADS += [f"<{tag}/{event}={CALL}>" for tag, event in zip(TAGS, EVENTS * 2, strict=True)]
PAYLOADS += [
    f"<script>{CALL}</script>",
    f"</script><script>{CALL}//",
    f"javascript:{CALL}",
    f"';{CALL};//",
    f'";{CALL};//',
]
PAYLOADS += [
    f"${{{CALL}}}",
    f"{{{{{CALL}}}}}",
    f"<a/href=javascript:{CALL}>x</a>",
    f"&lt;script&gt;{CALL}",
    "<!--",
    "<b>x</b>",
]
PAYLOADS += [f"\\u003cscript\\u003e{CALL}", f"<svg><script>{CALL}</script></svg>", f"%3Cscript%3E{CALL}", "__proto__"]
PAYLOADS += [
    "constructor",
    "<base/href=//x.example/>",
    f"<form/action=javascript:{CALL}><button>x",
    "<meta/http-equiv=refresh>",
]
HOOK = "window.pwned = () => { window.ran = true; }"
IMG = f"<img/src=x/onerror={CALL}>"


@pytest.fixture
def trapped(open_page: Opener) -> Page:
    """A page on which a payload that runs leaves a mark."""
    page, _ = open_page()
    page.add_init_script(HOOK)
    return page


def unharmed(page: Page) -> None:
    """Nothing ran, and nothing became an element."""
    assert page.evaluate("window.ran") is None
    assert (
        page.locator("[onerror], [onload], [onfocus], [ontoggle], base, marquee, main form[action^=java]").count() == 0
    )


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 60
    assert not any(" " in payload for payload in PAYLOADS)


@pytest.mark.parametrize("data", ["sentence", "characters"])
def test_a_text_of_payloads_is_a_text(trapped: Page, data: str) -> None:
    text = " ".join(PAYLOADS if data == "sentence" else [IMG, *PAYLOADS[-4:]])
    visit(trapped, f"/?{urlencode({'text': text, 'data': data})}")
    assert trapped.evaluate("unrolled.stage.trace.recipe.text") == text
    expect(trapped.locator("#recipe-text")).to_have_value(text)
    trapped.evaluate("unrolled.player.set({ t: 3, phase: 'whole', focus: { node: 's', unit: 0, parameter: null } })")
    trapped.locator("#view-loss summary").click()
    trapped.locator("#view-loss").get_by_role("button", name="Table").click()
    expect(trapped.locator("#view-loss tbody tr").nth(3)).to_be_visible()
    unharmed(trapped)


@pytest.mark.parametrize("door", ["/embed/network", "/embed/output"])
def test_an_embed_shows_payloads_as_text(trapped: Page, door: str) -> None:
    trapped.goto(f"{door}?{urlencode({'text': ' '.join(PAYLOADS[:40])})}")
    until(trapped, "document.documentElement.dataset.ready === 'interactive'", 20)
    assert trapped.evaluate("unrolled.stage.trace.recipe.text") == " ".join(PAYLOADS[:40])
    unharmed(trapped)


def test_a_file_keeps_payloads_in_its_data(open_page: Opener, base_url: str, tmp_path: Path) -> None:
    file = tmp_path / "export.html"
    query = urlencode({"text": " ".join(PAYLOADS[:50])})
    file.write_bytes(httpx.get(f"{base_url}/export/network.html?{query}", timeout=60).content)
    page, witness = open_page()
    witness.forgive.append("file://")
    page.add_init_script(HOOK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    until(page, "document.documentElement.dataset.ready === 'interactive'", 20)
    assert page.evaluate("unrolled.stage.trace.recipe.text") == " ".join(PAYLOADS[:50])
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    unharmed(page)


def test_a_table_of_payloads_names_its_columns_and_rows(trapped: Page) -> None:
    head = ",".join(["day", *(f'"{p}"'.replace('"">', '""">') for p in (IMG, "<b>x</b>", f"<script>{CALL}</script>"))])
    rows = "\n".join(f"{PAYLOADS[i % len(PAYLOADS)].replace(chr(34), '')},{i},{i % 3},{i % 5}" for i in range(60))
    trapped.goto("/#tool=library&kind=own")
    trapped.locator("#own-file").wait_for(state="attached", timeout=60_000)
    content = f"{head}\n{rows}".encode()
    trapped.locator("#own-file").set_input_files({"name": f"{IMG}.csv", "mimeType": "text/csv", "buffer": content})
    expect(trapped.locator(".own-data [role=status]")).to_contain_text(IMG, timeout=20_000)
    until(trapped, "unrolled.stage.trace.recipe.data.startsWith('own-') && !unrolled.stage.trace.partial", 20)
    trapped.locator(".data-twin summary").click()
    expect(trapped.locator(".data-table th", has_text=IMG)).to_have_count(1)
    unharmed(trapped)


def test_the_symbols_of_a_model_are_words(trapped: Page, base_url: str) -> None:
    symbols = json.dumps(["a", "b", IMG, *PAYLOADS[1:6]])
    shapes = {"W": (3, 8), "U": (3, 3), "b": (3,), "V": (8, 3), "d": (8,)}
    params = {name: np.full(shape, 0.1) for name, shape in shapes.items()}
    body = save(params, {"format": "unrolled", "cell": "rnn-tanh", "inputs": symbols, "outputs": symbols})
    sent = WEB.post(f"{base_url}/api/v1/models", content=body, headers={"Content-Type": "application/octet-stream"})
    visit(trapped, f"/?{urlencode({'model': sent.json()['id'], 'text': 'a b a b'})}#t=2")
    assert trapped.evaluate("unrolled.stage.trace.labels.output[2]") == IMG
    expect(trapped.locator("#view-output")).to_be_visible()
    trapped.locator("#view-output summary").click()
    trapped.locator("#view-output").get_by_role("button", name="Table").click()
    expect(trapped.locator("#view-output table")).to_contain_text(IMG)
    unharmed(trapped)


def test_the_name_of_a_node_is_a_name(trapped: Page) -> None:
    cell = f"s = tanh(W @ x + U @ s_prev + b)  # {IMG}"
    visit(trapped, f"/?{urlencode({'cell': cell})}")
    trapped.evaluate("unrolled.player.set({ t: 1, phase: 'whole', focus: { node: 's', unit: 0, parameter: null } })")
    expect(trapped.locator("body")).to_contain_text(IMG)
    unharmed(trapped)


@pytest.mark.parametrize("field", ["cell", "data", "model", "text", "seed"])
def test_what_is_refused_is_told_without_its_markup(open_page: Opener, field: str) -> None:
    page, witness = open_page()
    witness.forgive += ["status of 4", "cannot be parsed"]
    page.add_init_script(HOOK)
    page.goto(f"/?{urlencode({field: IMG + chr(7) * (field == 'text')})}#t={IMG}&tool={IMG}&view={IMG}")
    rest(page)
    unharmed(page)


def test_the_page_of_an_error_is_plain(base_url: str) -> None:
    for path in ("/<script>pwned()</script>", "/lecture/<img src=x>", "/embed/<svg onload=pwned()>"):
        assert "<script>pwned" not in (told := WEB.get(base_url + path).text)
        assert "<svg onload" not in told
        assert "<img src=x" not in told
