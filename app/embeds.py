"""Views and lesson steps without anything around them, framable from anywhere; oEmbed for our own addresses."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import orjson
from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app import catalog, packs, problems
from app.api import settled, weigh
from app.asked import Asked, query_pairs, read
from app.compute import Leaving
from app.lecture import found
from app.lessons import SCENES, VIEWS, Lesson
from app.limits import leaving
from app.pages import harmless, page, render, search_of, told_elsewhere
from app.problems import KINDS, Refusal, clip
from app.services import Services, of
from app.settings import Settings
from app.tasks import Task
from app.words import ENGLISH, Voice, voice_of
from core.errors import Problem, RecipeError, UnrolledError

router = APIRouter(include_in_schema=False)

THEMES = ("auto", "light", "dark", "projector", "transparent", "transparent-dark")
PLACES = ("t", "k", "step", "phase", "node", "unit", "parameter", "error", "share", "block", "sub", "speed")
OPTIONS = ("lang", "theme", "fs", "keys", "play", "static", "panels", *PLACES)
WORDS = {"keys": ("deck", "self"), "play": ("slide", "seen", "no"), "static": ("0", "1", ""), "theme": THEMES}
# The pictures of scenes stand in their lessons only; the drawing of the cell stands beside every lesson anyway.
ALONE = VIEWS - {*SCENES} | {"cell"}
ALIASES = {"unrolled": "network", "matrix": "contributions"}
TITLES = {
    "network": "The network unrolled in time",
    "contributions": "Who contributed to which error",
    "cell": "The inside of the cell",
    "states": "State",
    "output": "Prediction",
}
WIDTH, HEIGHT = 960, 540


@dataclass(frozen=True)
class Shown:
    """What an embed shows: a run, some views of it, how it is to behave; perhaps as a step of a lesson."""

    asked: Asked
    views: tuple[str, ...]
    title: str
    full: str
    options: Mapping[str, str] = field(default_factory=dict)
    lesson: Lesson | None = None
    place: int = 0
    voice: Voice = ENGLISH

    @property
    def theme(self) -> str:
        """The theme that is asked for; a visitor's own system decides where none is."""
        return self.options.get("theme", "auto").replace("auto", "")


def view_of(name: str) -> str:
    """A view by its name, or by the name that people call it."""
    if (view := ALIASES.get(name, name)) in ALONE:
        return view
    allowed = sorted(ALONE | {*ALIASES})
    raise Refusal("not-found", KINDS["not-found"].advice, Problem("/view", f"{clip(name)!r} is no view", allowed))


def panels_of(controls: Mapping[str, str], otherwise: tuple[str, ...]) -> tuple[str, ...]:
    """The views that an address asks for."""
    allowed = ALONE | {*otherwise}
    names = [name.strip() for name in controls.get("panels", "").split(",") if name.strip()]
    if wrong := [name for name in names if ALIASES.get(name, name) not in allowed]:
        raise RecipeError(Problem("/panels", f"{clip(wrong[0])!r} is no view", sorted(allowed)))
    return tuple(dict.fromkeys(ALIASES.get(name, name) for name in names)) or otherwise


def options_of(asked: Asked) -> dict[str, str]:
    """How an embed is to behave, checked."""
    for name, allowed in WORDS.items():
        if name in asked.controls:
            asked.choice(name, allowed)
    for name in ("t", "k", "step", "unit", "error", "sub"):
        if name in asked.controls:
            asked.whole(name)
    return {name: text for name, text in asked.controls.items() if name not in {"panels", "lang"}}


async def view_shown(request: Request) -> Shown:
    """What a view's address asks for."""
    name = view_of(request.path_params["view"])
    asked = await read(request, of(request).settings, *OPTIONS, surgery=True)
    views = panels_of(asked.controls, (name,))
    return Shown(asked, views, titled(views), f"/{queried(request)}", options_of(asked), voice=voice_of(request))


async def step_shown(request: Request) -> Shown:
    """What a lesson step's address asks for: its own run or, with `own`, another."""
    voice = voice_of(request)
    lesson, place = found(request.path_params, voice.language)
    asked = await read(request, of(request).settings, "own", *OPTIONS)
    step = lesson.steps[place]
    options = {"at": step.at, **{name: text for name, text in options_of(asked).items() if name != "own"}}
    asked = replace(asked, controls={**asked.controls, "include": ",".join(step.include)})
    if "own" not in asked.controls:
        asked = of_step(asked, lesson, place)
    full = f"/lecture/{lesson.id}/{place + 1}{queried(request)}"
    return Shown(asked, panels_of(asked.controls, step.views), step.title, full, options, lesson, place, voice)


def of_step(asked: Asked, lesson: Lesson, place: int) -> Asked:
    """A step's own recipe, with its own surgery."""
    step = lesson.steps[place]
    surgery = orjson.dumps([*step.interventions]).decode() if step.interventions else ""
    return replace(asked, recipe=lesson.recipe_of(step), interventions=surgery)


def titled(views: tuple[str, ...]) -> str:
    """A title for some views."""
    return TITLES.get(views[0], views[0].capitalize())


def queried(request: Request) -> str:
    """The part of a query that also the full page understands."""
    pairs = query_pairs(request.scope["query_string"])
    kept = [(name, text) for name, text in pairs if name not in {*OPTIONS, "interventions"} - {"lang"}]
    place = [(name.replace("step", "t"), text) for name, text in pairs if name in PLACES]
    return (f"?{urlencode(kept)}" if kept else "") + (f"#{urlencode(place)}" if place else "")


async def traced(services: Services, shown: Shown, left: Leaving) -> bytes:
    """The trace of an embed, as JSON."""
    asked = shown.asked
    task = Task("trace", asked.recipe.canonical(), asked.include, "page", asked=asked.surgery, weights=asked.packed)
    return (await services.desk.finished(task, weigh(asked, services.settings), left)).frames[0]


def embed_data(trace: bytes, shown: Shown, settings: Settings, search: bytes = b"null") -> bytes:
    """The JSON inside an embed."""
    listed = catalog.with_own(settings, shown.asked.recipe, shown.voice.language)
    options = orjson.dumps(dict(shown.options))
    parts = (b'{"trace":', trace, b',"catalog":', listed, b',"options":', options, b',"search":', search, b"}")
    return harmless(b"".join(parts))


async def embed_html(services: Services, shown: Shown, left: Leaving, **more: object) -> bytes:
    """An embed's page, its run inside."""
    step = shown.lesson.steps[shown.place] if shown.lesson else None
    search = await search_of(services, shown.asked, step, left)
    data = embed_data(await traced(services, shown, left), shown, services.settings, search)
    inside = Markup(data.decode())  # noqa: S704 - escaped
    given: dict[str, object] = {"title": shown.voice.say(shown.title), "full": shown.full, "problem": None, **more}
    scenes = step.scenes if step else {}
    given |= {"page_data": inside, "theme": shown.theme, "only": [*shown.views], "scenes": scenes}
    given |= {"script": script_of(services, shown)}
    return render(services, "embed.html", shown.voice, **given)


def script_of(services: Services, shown: Shown) -> str:
    """The address of an embed's modules, which speak its language."""
    return services.assets.url(packs.in_language(shown.voice.language, "js/embed.pack.js"))


Reader = Callable[[Request], Awaitable[Shown]]


async def respond(request: Request, reader: Reader) -> Response:
    """An embed, or what is wrong with its address in words: a frame is no place for JSON."""
    services = of(request)
    try:
        shown = await reader(request)
        html = await embed_html(services, shown, leaving(request), **told_elsewhere(str(request.url)))
    except (UnrolledError, Refusal) as exc:
        refusal = problems.refusal(exc)
        told = {"problem": problems.document(refusal), "title": "A problem", "full": "", "script": ""}
        return page(request, render(services, "embed.html", voice_of(request), **told), refusal.status)
    return page(request, html)


async def view(request: Request) -> Response:
    """A view, or several, of a run."""
    return await respond(request, view_shown)


async def step(request: Request) -> Response:
    """A step of a lesson without its words."""
    return await respond(request, step_shown)


# -- oEmbed -------------------------------------------------------------------------------------------------


async def oembed(request: Request) -> Response:
    """Say how one of our own addresses is embedded."""
    asked = dict(query_pairs(request.scope["query_string"]))
    if asked.get("format", "json") != "json":
        raise Refusal("not-written", "Only JSON is written here.", Problem("/format", "is not written", ["json"]))
    width = bounded(asked, "maxwidth", WIDTH)
    height = bounded(asked, "maxheight", HEIGHT)
    source = embeddable(asked.get("url", ""), str(request.base_url))
    return settled(request, orjson.dumps(described(source, min(width, WIDTH), min(height, HEIGHT))))


def bounded(asked: Mapping[str, str], name: str, usual: int) -> int:
    """A largest size that somebody has room for."""
    text = asked.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= 6 and int(text) >= 1):
        raise RecipeError(Problem(f"/{name}", "must be a number of pixels", {"low": 1, "high": 999_999}))
    return int(text)


def embeddable(url: str, base: str) -> str:
    """The embed of one of our own addresses; of nobody else's, for then we would speak for them."""
    own = urlsplit(base)
    try:
        wanted = urlsplit(url)
    except ValueError:
        wanted = urlsplit("")
    if wanted.scheme not in {"http", "https"} or wanted.netloc != own.netloc:
        raise Refusal("not-found", "This is no address of ours.", Problem("/url", "must be an address of this server"))
    path = wanted.path.removeprefix(own.path.rstrip("/"))
    kept = embed_path(path)
    query = urlencode([*parse_qsl(wanted.query, keep_blank_values=True)])
    tail = (f"?{query}" if query else "") + (f"#{wanted.fragment}" if wanted.fragment else "")
    return f"{own.scheme}://{own.netloc}{own.path.rstrip('/')}{kept}{tail}"


def embed_path(path: str) -> str:
    """Where the embed of a page is."""
    parts = path.strip("/").split("/")
    if parts[0] == "embed" and len(parts) == 2:
        view_of(parts[1])
        return path
    if parts[0] == "embed":
        parts = parts[1:]
    if parts[0] == "lecture" and len(parts) == 3:
        found({"lesson": parts[1], "step": parts[2]})
        return f"/embed/{'/'.join(parts)}"
    if parts == [""]:
        return "/embed/network"
    raise Refusal("not-found", "This address shows nothing that can be embedded.", Problem("/url", "has no embed"))


def described(source: str, width: int, height: int) -> dict[str, Any]:
    """The answer of oEmbed 1.0."""
    title = "Unrolled: a recurrent network through time"
    frame = Markup(
        '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy" allow="fullscreen" frameborder="0"></iframe>'
    ).format(source, width, height, title)
    origin = "{0.scheme}://{0.netloc}/".format(urlsplit(source))
    shape = {"version": "1.0", "type": "rich", "title": title, "html": str(frame), "width": width, "height": height}
    return {**shape, "provider_name": "Unrolled", "provider_url": origin, "cache_age": 3600}


router.add_api_route("/embed/{view}", view, methods=["GET"], response_class=Response)
router.add_api_route("/embed/lecture/{lesson}/{step}", step, methods=["GET"], response_class=Response)
router.add_api_route("/oembed", oembed, methods=["GET"], response_class=Response)
