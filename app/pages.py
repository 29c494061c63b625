"""The pages: templates, with everything that the first picture needs inside them."""

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import urlsplit

import brotli
import orjson
from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import Response

from app import answers, captions, catalog, openapi, packs, problems, wire, words
from app.api import weigh
from app.asked import Asked, read
from app.compute import Leaving
from app.decoding_api import weighed
from app.lecture import found
from app.lessons import Lesson, Step
from app.limits import leaving
from app.pool import ROOT
from app.problems import KINDS, Refusal
from app.services import Services, of
from app.settings import Settings
from app.tasks import Task, pack
from app.translations import book
from app.words import ENGLISH, LANGUAGES, Voice, voice_of
from core.decoding_options import DECODING, make_decoding
from core.errors import UnrolledError
from core.experiment import DEFAULT_GROUPS
from core.options import OPTIONS
from core.recipe import FIELDS, make_recipe

HTML = "text/html; charset=utf-8"
PROMPT_MS = 250.0
# A page is mostly words, which do repeat; it is packed once for all who open it, in some 4 ms either way.
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=5),
    "gzip": partial(pack, level=9),
}
THEMES = ("light", "dark", "projector")
HIDEABLE, MOST_HIDDEN = re.compile(r"[a-z][a-z_-]{1,31}"), 64
ESCAPES = {
    b"<": b"\\u003c",
    b">": b"\\u003e",
    b"&": b"\\u0026",
    b"\xe2\x80\xa8": b"\\u2028",
    b"\xe2\x80\xa9": b"\\u2029",
}

router = APIRouter(include_in_schema=False)
templates = Environment(
    loader=FileSystemLoader(ROOT / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def ticked(text: str) -> Markup:
    """A text in which `words` between ticks are code."""
    parts = (Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(text.split("`")))
    return Markup().join(parts)


templates.filters["ticked"] = ticked


@dataclass(frozen=True)
class Opening:
    """What the explorer opens with: the recipe of its address, or the default and what is wrong; perhaps a lesson."""

    asked: Asked
    problem: Refusal | None = None
    lesson: Lesson | None = None
    place: int = 0
    voice: Voice = ENGLISH
    here: str = ""

    @property
    def hide(self) -> list[str]:
        """What the address hides of the page, by the names of css/hide.css; what is no such name hides nothing."""
        names = self.asked.controls.get("hide", "").split(",")[:MOST_HIDDEN]
        return [name for name in names if HIDEABLE.fullmatch(name)]

    @property
    def theme(self) -> str:
        """The theme that the address asks for, if there is one of that name."""
        return known_theme(self.asked.controls.get("theme", ""))


def known_theme(asked: str) -> str:
    """The theme of that name, or none: the system's."""
    return asked if asked in THEMES else ""


async def explorer(request: Request) -> Response:
    """The explorer, with the trace of its address if that is quickly made, else the default one."""
    return await kept(request, open_with(request, of(request).settings))


async def kept(request: Request, opened: Coroutine[Any, Any, Opening]) -> Response:
    """The explorer as it was put together before, or put together now: a model that was brought may not last."""
    services = of(request)
    key = (str(request.url), voice_of(request).language, services.assets.url(packs.PAGE))
    if known := services.kept.find(key):
        opened.close()
        return page(request, known)
    opening = await opened
    html = await explorer_html(services, opening, leaving(request))
    if opening.problem is None and not opening.asked.packed:
        services.kept.keep(key, html)
    return page(request, html, opening.problem.status if opening.problem else 200)


async def explorer_html(services: Services, opening: Opening, left: Leaving) -> bytes:
    """The explorer's page, its first picture inside."""
    shown = opening.asked if prompt(opening, services.settings) else Asked(make_recipe({}), {})
    task = Task("trace", shown.recipe.canonical(), shown.include, "page", asked=shown.surgery, weights=shown.packed)
    flight = await services.desk.finished(task, weigh(shown, services.settings), left)
    step = opening.lesson.steps[opening.place] if opening.lesson and not opening.problem else None
    search = await search_of(services, opening.asked, step, left)
    data = page_data(flight.frames[0], opening, services.settings, search)
    inside = Markup(data.decode())  # noqa: S704 - escaped
    form = {"fields": FIELDS.values(), "recipe": opening.asked.recipe.values, "shipped": FIELDS["model"].brings}
    given = {"page_data": inside, "theme": opening.theme, "hide": opening.hide, **form, **beside(opening)}
    given |= told_elsewhere(opening.here)
    return render(services, "explorer.html", opening.voice, **given)


async def search_of(services: Services, asked: Asked, step: Step | None, left: Leaving) -> bytes:
    """The search of a lesson's step, as JSON; what a visitor's own recipe finds is asked for by the page."""
    if not step or not step.decode or "own" in asked.controls:
        return b"null"
    decoding = make_decoding(step.decode)
    said = (("decoding", orjson.dumps(dict(decoding.values)).decode()),)
    task = Task("decode", asked.recipe.canonical(), asked=said, weights=asked.packed)
    flight = await services.desk.finished(task, weighed(asked.recipe, decoding, services.settings), left)
    return flight.frames[0]


async def prepare(services: Services) -> None:
    """Make ready what the first visitor would have to wait for."""
    await explorer_html(services, Opening(Asked(make_recipe({}), {})), asyncio.Event().wait)


async def open_with(request: Request, settings: Settings) -> Opening:
    """Read the address; one that is wrong still opens a page, which says so."""
    try:
        asked = await read(request, settings, "theme", "own", "lang", "hide", *OPTIONS, *DECODING)
        weigh(asked, settings)
    except (UnrolledError, Refusal) as exc:
        return Opening(Asked(make_recipe({}), {}), problems.refusal(exc), voice=voice_of(request))
    return Opening(asked, voice=voice_of(request), here=str(request.url))


def prompt(opening: Opening, settings: Settings) -> bool:
    """Whether a page may wait for this trace: it is soon made, or a lesson's own, made once for all who come."""
    own = opening.lesson is not None and "own" not in opening.asked.controls
    return own or weigh(opening.asked, settings).milliseconds <= PROMPT_MS


def told_elsewhere(here: str) -> dict[str, str]:
    """The whole address of a page and of its server, for links that others make to it."""
    found = urlsplit(here)
    return {"here": here, "origin": f"{found.scheme}://{found.netloc}"}


def told(opening: Opening) -> dict[str, Any] | None:
    """What is wrong with the address, for the page to say."""
    found = problems.document(opening.problem) if opening.problem else None
    return found and words.complained(opening.voice.language, found)


def beside(opening: Opening) -> dict[str, Any]:
    """The lesson of a page for its template, and those before and after it."""
    lessons = [*book(opening.voice.language).values()]
    here = lessons.index(opening.lesson) if opening.lesson else 0
    around = {"before": lessons[here - 1] if here else None, "after": next(iter(lessons[here + 1 :]), None)}
    step = opening.lesson.steps[opening.place] if opening.lesson else None
    shown = {"only": step.views, "scenes": step.scenes} if step else {}
    return {"lesson": opening.lesson, "place": opening.place, **shown, **around}


def taught(opening: Opening, search: bytes = b"null") -> dict[str, Any] | None:
    """The lesson of a page: which step of which, where its player begins, its recipe, and what a search found."""
    if not opening.lesson:
        return None
    step = opening.lesson.steps[opening.place]
    own = dict(opening.lesson.recipe_of(step).values)
    include = "" if step.include == DEFAULT_GROUPS else ",".join(step.include)
    found = {"decode": step.decode, "search": orjson.Fragment(search)} if step.decode else {}
    at = {"id": opening.lesson.id, "step": opening.place + 1, "at": step.at}
    return {**at, "recipe": own, "include": include, **found}


def page_data(trace: bytes, opening: Opening, settings: Settings, search: bytes = b"null") -> bytes:
    """The JSON inside the page. When `recipe` is not the trace's, the page fetches its own."""
    listed = catalog.with_own(settings, opening.asked.recipe, opening.voice.language)
    recipe, drawn = (
        orjson.dumps(dict(opening.asked.recipe.values)),
        orjson.dumps(captions.spoken(opening.voice.language)),
    )
    parts = (b'{"trace":', trace, b',"recipe":', recipe, b',"problem":', orjson.dumps(told(opening)))
    lesson = orjson.dumps(taught(opening, search))
    data = b"".join(
        (
            *parts,
            b',"lesson":',
            lesson,
            b',"catalog":',
            listed,
            b',"figures":',
            drawn,
            b"}",
        )
    )
    return harmless(data)


def harmless(data: bytes) -> bytes:
    """JSON that can stand inside a page: nothing in it ends its element or a line."""
    for raw, escaped in ESCAPES.items():
        data = data.replace(raw, escaped)
    return data


USUAL: Mapping[str, object] = {
    "home": "/",
    "docs": "/docs",
    "theme": "",
    "lesson": None,
    "here": "",
    "origin": "",
    "only": (),
    "scenes": {},
    "hide": (),
}


def render(services: Services, name: str, voice: Voice = ENGLISH, **values: object) -> bytes:
    """A template with the addresses of its files and the words of its language."""
    spoken = {"voice": voice, "say": voice.say, "link": voice.link, "languages": LANGUAGES}
    script = services.assets.url(packs.in_language(voice.language, packs.PAGE))
    given = {"static": services.assets.url, "script": script, **USUAL, **spoken, **values}
    return templates.get_template(name).render(given).encode()


def page(request: Request, html: bytes, status: int = 200) -> Response:
    """A page, packed, that a browser asks about each time."""
    encoding = next((e for e in PACKINGS if answers.accepts(request, e)), None)
    sent = _packed(html, encoding) if encoding else html
    cache = answers.CHECK_FIRST if status == 200 else "no-store"
    found = answers.answer(request, sent, HTML, encoding=encoding, cache=cache, status=status)
    found.headers["Vary"] += ", Accept-Language, Cookie"
    return found


@lru_cache(maxsize=16)
def _packed(html: bytes, encoding: str) -> bytes:
    return PACKINGS[encoding](html)


async def contents(request: Request) -> Response:
    """The lecture's contents."""
    voice = voice_of(request)
    given = {"lessons": [*book(voice.language).values()], "theme": known_theme(request.query_params.get("theme", ""))}
    return page(request, render(of(request), "lecture.html", voice, **given))


async def lecture(request: Request) -> Response:
    """A step of a lesson: the explorer, its words beside it."""
    services = of(request)
    lesson, place = found(request.path_params, voice_of(request).language)
    return await kept(request, open_lesson(request, services.settings, lesson, place))


async def open_lesson(request: Request, settings: Settings, lesson: Lesson, place: int) -> Opening:
    """A step with its own recipe or, where the address says `own`, with the visitor's."""
    opening, step = await open_with(request, settings), lesson.steps[place]
    asked = replace(opening.asked, controls={**opening.asked.controls, "include": ",".join(step.include)})
    if not opening.problem and "own" not in asked.controls:
        surgery = orjson.dumps([*step.interventions]).decode() if step.interventions else ""
        asked = replace(asked, recipe=lesson.recipe_of(step), interventions=surgery)
    return replace(opening, asked=asked, lesson=lesson, place=place)


async def docs(request: Request) -> Response:
    """The reference of the API and of its problems."""
    given: dict[str, Any] = {
        "api": request.app.openapi(),
        "kinds": KINDS,
        "recipe_names": [*openapi.NAMES],
        "tables": {"training": openapi.properties(OPTIONS), "decoding": openapi.properties(DECODING)},
        "frame_kinds": wire.KINDS,
        "theme": known_theme(request.query_params.get("theme", "")),
    }
    origin = str(request.base_url).rstrip("/")
    return page(request, render(of(request), "docs.html", origin=origin, **given))


async def static_version(request: Request) -> Response:
    """A static file at its lasting address."""
    return _static(request, request.path_params["version"])


async def static_plain(request: Request) -> Response:
    """A static file at its plain address."""
    return _static(request, "")


def _static(request: Request, version: str) -> Response:
    return of(request).assets.respond(request, version, request.path_params["name"])


for _path, _page in {
    "/": explorer,
    "/docs": docs,
    "/lecture": contents,
    "/lecture/{lesson}/{step}": lecture,
    "/static-{version}/{name:path}": static_version,
    "/static/{name:path}": static_plain,
}.items():
    router.add_api_route(_path, _page, methods=["GET"], response_class=Response)
