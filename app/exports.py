"""Pages as single files that need no server: every sheet, module, letter and number inside.

The policy of such a file lets nothing be asked for, and nothing run but what was in it.
"""

import re
from base64 import b64encode
from hashlib import sha256
from posixpath import dirname, normpath

import orjson
from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app import answers
from app.api import settled
from app.assets import MEDIA_TYPES, Assets
from app.compute import Leaving
from app.decks import Slide, deck_html, part, slides_of, whole
from app.embeds import Shown, embed_html, view_shown
from app.lecture import found
from app.limits import leaving
from app.pages import HTML
from app.problems import KINDS, Refusal
from app.services import Services, of
from app.translations import book
from app.words import Voice, voice_of

router = APIRouter(include_in_schema=False)

SHEET = re.compile(r'<link rel="stylesheet" href="([^"]+)">')
MODULE = re.compile(r'<script type="module" src="([^"]+)"></script>')
ICON = re.compile(r'<link rel="icon" href="([^"]+)" type="image/svg\+xml">')
OTHERS = re.compile(r'\s*<(?:link rel="alternate"|meta property="og:)[^>]*>')
CHARSET = '<meta charset="utf-8">'
ADDRESS = re.compile(r'url\("([^"]+)"\)')
VERSIONED = re.compile(r"^/static-[^/]+/")
KATEX = "vendor/katex-0.19.1/katex.mjs"
FETCHED = re.compile(r'import\("[^"]*katex\.mjs"\)')
GIVEN = re.compile(r"^export default ([\w.]+);\s*\Z", re.MULTILINE)
# Letters that hardly any formula or text of ours needs, and that weigh as much as all others.
SPARED = re.compile(
    r"KaTeX_(?:AMS|Caligraphic|Fraktur|SansSerif|Script|Typewriter|Main-BoldItalic)|latin-ext|jetbrains"
)
FACE = re.compile(r"@font-face\s*\{[^}]*\}")


def body_of(assets: Assets, name: str) -> bytes:
    """A static file as it is."""
    return assets.files[name].bodies["identity"]


def element(tag: str, text: str, attributes: str = "") -> Markup:
    """An element whose text cannot end it."""
    safe = re.sub(rf"</(?={tag})", r"<\\/", text, flags=re.IGNORECASE)
    return Markup(f"<{tag}{attributes}>{safe}</{tag}>")  # noqa: S704 - our own files


def hashed(text: str) -> str:
    """What a policy calls a text that it lets run."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def inner(made: str) -> str:
    """The text of an element as a browser hashes it."""
    return made[made.index(">") + 1 : made.rindex("</")]


def data_address(assets: Assets, name: str) -> str:
    """A file as an address that holds it."""
    kind = MEDIA_TYPES["." + name.rpartition(".")[2]].partition(";")[0]
    return f"data:{kind};base64,{b64encode(body_of(assets, name)).decode()}"


def sheet(assets: Assets, name: str) -> Markup:
    """A style sheet with its letters inside."""
    text = FACE.sub(lambda face: "" if SPARED.search(face[0]) else face[0], body_of(assets, name).decode())
    full = ADDRESS.sub(lambda m: f'url("{data_address(assets, normpath(f"{dirname(name)}/{m[1]}"))}")', text)
    return element("style", full)


def module(assets: Assets, name: str) -> Markup:
    """A pack that stands alone, with the setting of formulas before it where it would fetch that."""
    text = body_of(assets, name).decode()
    if FETCHED.search(text):
        text = f"const $formulas = {formulas(assets)};\n" + FETCHED.sub("Promise.resolve($formulas)", text)
    return element("script", text, ' type="module"')


def formulas(assets: Assets) -> str:
    """KaTeX as one expression instead of a module."""
    text = body_of(assets, KATEX).decode()
    given = GIVEN.search(text)
    assert given, f"{KATEX} ends in another way than was known"  # noqa: S101 - our own vendored file
    return f"(() => {{\n{text[: given.start()]}\nreturn {{ default: {given[1]} }};\n}})()"


def alone(html: bytes, assets: Assets) -> bytes:
    """A page as one file."""
    text = OTHERS.sub("", html.decode())
    inside: list[str] = []

    def put(make: Markup) -> str:
        inside.append(hashed(inner(make)))
        return str(make)

    text = SHEET.sub(lambda m: put(sheet(assets, VERSIONED.sub("", m[1]))), text)
    text = ICON.sub(lambda m: f'<link rel="icon" href="{data_address(assets, VERSIONED.sub("", m[1]))}">', text)
    text = MODULE.sub(lambda m: put(module(assets, VERSIONED.sub("", m[1]))), text)
    hashes = " ".join(inside)
    policy = f"default-src 'none'; script-src {hashes}; style-src {hashes}; img-src data:; font-src data:"
    meta = f"""<meta http-equiv="Content-Security-Policy" content="{policy}; base-uri 'none'; form-action 'none'">"""
    return text.replace(CHARSET, f"{CHARSET}\n{meta}", 1).encode()


def file(request: Request, html: bytes, name: str) -> Response:
    """A file to keep; its name is made of names of ours."""
    answer = answers.answer(request, html, HTML, cache=answers.CHECK_FIRST)
    answer.headers["Content-Disposition"] = f'attachment; filename="unrolled-{name}.html"'
    return answer


async def view(request: Request) -> Response:
    """A view, or several, as a file."""
    name = request.path_params["view"].removesuffix(".html")
    request.path_params["view"] = name
    shown = await view_shown(request)
    full = str(request.base_url).rstrip("/") + shown.full
    html = await view_file(of(request), shown, leaving(request), full)
    return file(request, html, shown.views[0])


async def view_file(services: Services, shown: Shown, left: Leaving, full: str = "") -> bytes:
    """The file of a view, perhaps with a way back to where it came from."""
    return alone(await embed_html(services, shown, left, full=full), services.assets)


async def deck_file(services: Services, slides: list[Slide], voice: Voice, left: Leaving) -> bytes:
    """Slides as a file."""
    made = await part(services, slides, voice, left)
    title = slides[0][0].title if len({lesson.id for lesson, _ in slides}) == 1 else voice.say("Lecture")
    return alone(deck_html(services, whole(made, slides, slides[0]), voice, title), services.assets)


async def lecture(request: Request) -> Response:
    """The whole lecture as a file."""
    voice = voice_of(request)
    html = await deck_file(of(request), slides_of(book(voice.language).values()), voice, leaving(request))
    return file(request, html, "lecture")


async def lesson(request: Request) -> Response:
    """A lesson: as a file, or its slides as data for a deck that fetches them."""
    voice, services = voice_of(request), of(request)
    name, _, form = request.path_params["lesson"].partition(".")
    known = book(voice.language).get(name)
    if not known or form not in {"", "html", "json"}:
        raise Refusal("not-found", KINDS["not-found"].advice)
    if form == "json":
        return settled(request, orjson.dumps(await part(services, slides_of([known]), voice, leaving(request))))
    return file(request, await deck_file(services, slides_of([known]), voice, leaving(request)), name)


async def step(request: Request) -> Response:
    """A step of a lesson as a file."""
    voice = voice_of(request)
    path = {**request.path_params, "step": request.path_params["step"].removesuffix(".html")}
    known, place = found(path, voice.language)
    html = await deck_file(of(request), [(known, place)], voice, leaving(request))
    return file(request, html, f"{known.id}-{place + 1}")


for _path, _door in {
    "/export/lecture": lecture,
    "/export/lecture.html": lecture,
    "/export/lecture/{lesson}": lesson,
    "/export/lecture/{lesson}/{step}": step,
    "/export/{view}": view,
}.items():
    router.add_api_route(_path, _door, methods=["GET"], response_class=Response)
