"""The lecture as slides: steps with their runs and their words, for a page that needs nothing more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson
from fastapi import APIRouter
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from app import catalog, packs
from app.api import weigh
from app.asked import Asked
from app.compute import Leaving
from app.embeds import of_step
from app.lecture import found, step_task
from app.lessons import SCENES, Lesson
from app.limits import leaving
from app.pages import harmless, page, render, search_of
from app.services import Services, of
from app.tasks import Task
from app.translations import book
from app.words import Voice, voice_of
from core.recipe import make_recipe

router = APIRouter(include_in_schema=False)

Slide = tuple[Lesson, int]
NOTHING = Asked(make_recipe({}), {})


def slides_of(lessons: Iterable[Lesson]) -> list[Slide]:
    """Every step of some lessons."""
    return [(lesson, place) for lesson in lessons for place in range(len(lesson.steps))]


def headed(slide: Slide) -> dict[str, Any]:
    """What a deck knows of a slide before its run has come."""
    lesson, place = slide
    step = lesson.steps[place]
    where = {"lesson": lesson.id, "step": place + 1, "steps": len(lesson.steps), "number": lesson.number}
    shown = {"chapter": lesson.title, "title": step.title, "views": [*step.views], "at": step.at}
    return {**where, **shown, "trace": "", "scene": None}


def asked_of(slide: Slide) -> Asked:
    """The run of a slide."""
    lesson, place = slide
    included = replace(NOTHING, controls={"include": ",".join(lesson.steps[place].include)})
    return of_step(included, lesson, place)


async def part(services: Services, slides: Sequence[Slide], voice: Voice, left: Leaving) -> dict[str, Any]:
    """Slides with their words, and the runs that they share."""
    traces: dict[str, Any] = {}
    made = []
    for slide in slides:
        key, trace = await run(services, slide, left)
        traces[key] = orjson.Fragment(trace)
        scene = orjson.Fragment(await told(services, slide, voice, left))
        search = await search_of(services, asked_of(slide), slide[0].steps[slide[1]], left)
        made.append({**headed(slide), "trace": key, "scene": scene, "search": orjson.Fragment(search)})
    return {"slides": made, "traces": traces, "cells": cells(services, slides, voice)}


async def run(services: Services, slide: Slide, left: Leaving) -> tuple[str, bytes]:
    """The trace of a slide and its name: the same run has the same."""
    asked = asked_of(slide)
    task = Task("trace", asked.recipe.canonical(), asked.include, "page", asked=asked.surgery, weights=asked.packed)
    trace = (await services.desk.finished(task, weigh(asked, services.settings), left)).frames[0]
    return sha256(trace).hexdigest()[:16], trace


async def told(services: Services, slide: Slide, voice: Voice, left: Leaving) -> bytes:
    """The words of a slide, with their numbers."""
    lesson, place = slide
    asked = asked_of(slide)
    cost = weigh(asked, services.settings, lesson.steps[place].include)
    return (await services.desk.finished(step_task(lesson, place, asked, voice.language), cost, left)).frames[0]


def cells(services: Services, slides: Sequence[Slide], voice: Voice) -> list[dict[str, Any]]:
    """The cells that some slides run, each once."""
    found: dict[str, dict[str, Any]] = {}
    for slide in slides:
        recipe = asked_of(slide).recipe
        listed = orjson.loads(catalog.with_own(services.settings, recipe, voice.language))["cells"]
        found |= {cell["id"]: cell for cell in listed}
    return [*found.values()]


def deck_html(services: Services, data: Mapping[str, Any], voice: Voice, title: str, theme: str = "") -> bytes:
    """A deck's page; everything it begins with is inside."""
    inside = Markup(harmless(orjson.dumps(data)).decode())  # noqa: S704 - escaped
    script = services.assets.url(packs.in_language(voice.language, "js/deck.pack.js"))
    scenes = {view: name for view, (name, _) in SCENES.items()}
    about = voice.say("A whole lecture on recurrent neural networks in which every number is computed.")
    given = {"page_data": inside, "title": title, "theme": theme, "scenes": scenes, "about": about}
    return render(services, "deck.html", voice, script=script, only=["network"], **given)


def whole(made: Mapping[str, Any], slides: Sequence[Slide], first: Slide) -> dict[str, Any]:
    """What a deck begins with: all headings in order, of which some have come."""
    known = {(slide["lesson"], slide["step"]): slide for slide in made["slides"]}
    listed = [known.get((lesson.id, place + 1)) or headed((lesson, place)) for lesson, place in slides]
    return {**made, "slides": listed, "catalog": {"cells": made["cells"], "fields": []}, "first": slides.index(first)}


async def deck(request: Request) -> Response:
    """The lecture as slides from a step on; what is not here yet comes lesson by lesson."""
    services, voice = of(request), voice_of(request)
    lesson, place = found(request.path_params, voice.language)
    slides = slides_of(book(voice.language).values())
    made = await part(services, [(lesson, place)], voice, leaving(request))
    sources = {each.id: f"/export/lecture/{each.id}.json?lang={voice.language}" for each, _ in slides}
    data = {**whole(made, slides, (lesson, place)), "sources": sources}
    theme = request.query_params.get("theme", "")
    html = deck_html(services, data, voice, lesson.title, theme if theme in {"light", "dark", "projector"} else "")
    return page(request, html)


router.add_api_route("/lecture/{lesson}/{step}/deck", deck, methods=["GET"], response_class=Response)
