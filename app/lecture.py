"""The lecture: its contents, and every step of every lesson as data with its numbers read from a run."""

from collections.abc import Mapping

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.api import BASE, BOTH, JSON, LISTED, WEIGHED, language, mount, respond, settled, weigh
from app.asked import Asked, check_text, found_model, given
from app.lessons import Lesson
from app.problems import KINDS, Refusal
from app.services import of
from app.tasks import Task
from app.telling import heading
from app.translations import book
from app.words import LANGUAGES
from core.fields import FIELDS
from core.recipe import Recipe, make_recipe

router = APIRouter(prefix=BASE)


async def lessons(request: Request) -> Response:
    """List the lessons of the lecture, in its order."""
    told = book(language(request)).values()
    return settled(request, orjson.dumps({"lessons": [heading(lesson) for lesson in told]}))


async def lesson_step(request: Request) -> Response:
    """Tell a step of a lesson, its numbers read from the lesson's own run or, with a recipe, from that one's."""
    services = of(request)
    lesson, place = found(request.path_params)
    told = await given(request, services.settings, "lang", fields=FIELDS)
    plain = check_text(recipe_of(lesson, place, told.values), services.settings)
    recipe, packed = found_model(plain, services.models)
    asked = Asked(recipe, told.controls, packed)
    task = step_task(lesson, place, asked, asked.choice("lang", [*LANGUAGES]))
    return await respond(request, services, task, weigh(asked, services.settings, lesson.steps[place].include))


def recipe_of(lesson: Lesson, place: int, values: Mapping[str, object]) -> Recipe:
    """A step's own recipe, or the one that is given."""
    return make_recipe(values) if values else lesson.recipe_of(lesson.steps[place])


def step_task(lesson: Lesson, place: int, asked: Asked, language: str) -> Task:
    """The computation of a step's words, with the file of the recipe's model if somebody sent one."""
    said = (("lesson", lesson.id), ("place", place), ("language", language))
    return Task("lesson", asked.recipe.canonical(), asked=said, weights=asked.packed)


def found(path: Mapping[str, str], language: str = "en") -> tuple[Lesson, int]:
    """The lesson, in a language, and the place of the step that an address names, from 1 on."""
    lesson, step = book(language).get(path["lesson"]), path["step"]
    if not lesson or not step.isascii() or not step.isdigit() or not 1 <= int(step[:4]) <= len(lesson.steps):
        raise Refusal("not-found", KINDS["not-found"].advice)
    return lesson, int(step) - 1


mount(router, "/lessons", lessons, media_types=[JSON], statuses=LISTED, controls=("lang",), body="")
mount(
    router,
    "/lessons/{lesson}/{step}",
    lesson_step,
    BOTH,
    media_types=[JSON],
    statuses=sorted((304, 404, *WEIGHED)),
    controls=("lesson", "step", "lang"),
)
