"""The command that writes a view, a step or the lecture as one file, without a server."""

import argparse
import asyncio

from app import commands
from app.asked import Asked
from app.decks import slides_of
from app.embeds import Shown, options_of, panels_of, titled, view_of
from app.exports import deck_file, view_file
from app.lecture import found
from app.problems import KINDS, Refusal
from app.services import Services, assemble
from app.settings import Settings
from app.translations import book
from app.words import Voice
from core.errors import Problem

CONTROLS = ("panels", "theme")


def export(chosen: argparse.Namespace) -> int:
    """Write the file that is asked for."""
    commands.write(chosen.out, asyncio.run(_served(chosen)))
    return 0


async def _served(chosen: argparse.Namespace) -> bytes:
    """The file, made with services that live as long as that takes."""
    services = assemble(Settings())
    await services.executor.start()
    try:
        return await written(services, chosen)
    finally:
        await services.desk.close()
        await services.executor.stop()


async def written(services: Services, chosen: argparse.Namespace) -> bytes:
    """The file of a name: a view, or a part of the lecture."""
    voice, parts = Voice(chosen.lang), chosen.what.removesuffix(".html").split("/")
    if parts[0] != "lecture":
        return await view_file(services, shown(chosen, voice), asyncio.Event().wait)
    lessons = book(voice.language)
    if len(parts) == 1:
        slides = slides_of(lessons.values())
    elif len(parts) == 2 and parts[1] in lessons:
        slides = slides_of([lessons[parts[1]]])
    elif len(parts) == 3:
        slides = [found({"lesson": parts[1], "step": parts[2]}, voice.language)]
    else:
        raise Refusal("not-found", KINDS["not-found"].advice, Problem("/what", "is no lesson", [*lessons]))
    return await deck_file(services, slides, voice, asyncio.Event().wait)


def shown(chosen: argparse.Namespace, voice: Voice) -> Shown:
    """A view as the flags ask for it."""
    name = view_of(chosen.what.removesuffix(".html"))
    recipe, packed = commands.recipe_of(chosen)
    said = {control: getattr(chosen, control) for control in CONTROLS if getattr(chosen, control)}
    asked = Asked(recipe, said, packed)
    views = panels_of(said, (name,))
    options = options_of(asked) | ({"at": chosen.at} if chosen.at else {})
    return Shown(asked, views, titled(views), "", options, voice=voice)
