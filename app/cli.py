"""The command line: `python -m app serve`, `trace` or `health`."""

import argparse
import asyncio
import errno
import os
import socket
import sys
import threading
import urllib.request
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from app.asked import Asked
from app.settings import Settings
from app.tasks import Task, frames
from core.errors import UnrolledError
from core.recipe import FIELDS, Field, recipe_from_query

NEARBY = 20
TAKEN = {errno.EADDRINUSE}
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit code."""
    chosen = parser().parse_args(words)
    try:
        code: int = chosen.run(chosen)
    except (UnrolledError, ValidationError) as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    return code


def parser() -> argparse.ArgumentParser:
    """All commands and their flags."""
    whole = argparse.ArgumentParser(prog="python -m app", description="Recurrent neural networks, unrolled.")
    commands = whole.add_subparsers(required=True, metavar="command")
    command = commands.add_parser("serve", help="serve the explorer and the API")
    command.add_argument("--host", help="address to listen on (or HOST)")
    command.add_argument("--port", type=int, help="port, or the next free one; 0 takes any (or PORT)")
    command.set_defaults(run=serve)
    add_trace(commands.add_parser("trace", help="compute one trace and write it"))
    command = commands.add_parser("health", help="ask a running server whether it is well")
    command.add_argument("--url", help="where it is")
    command.set_defaults(run=health)
    return whole


def add_trace(command: argparse.ArgumentParser) -> None:
    """The flags of a recipe: one for each of its fields."""
    for field in FIELDS.values():
        command.add_argument(flag(field), metavar=field.kind, help=explained(field))
    command.add_argument("--include", help="groups of arrays, with commas between them")
    command.add_argument("--format", choices=("json", "npz"), default="json", help="json by default")
    command.add_argument("--encoding", choices=("list", "base64"), default="list", help="of arrays in JSON")
    command.add_argument("--output", help="file to write; standard output by default")
    command.set_defaults(run=trace)


def flag(field: Field) -> str:
    """A field's name as a flag."""
    return f"--{field.name.replace('_', '-')}"


def explained(field: Field) -> str:
    """A field's help, as argparse wants it."""
    known = f" One of {', '.join(value for value, _ in field.choices)}." if field.choices else ""
    return f"{field.help}{known} Default: {field.default}.".replace("%", "%%")


def trace(chosen: argparse.Namespace) -> int:
    """Compute one trace and write it."""
    given = vars(chosen)
    pairs = [(name, given[name]) for name in FIELDS if given[name] is not None]
    controls = {"include": chosen.include} if chosen.include else {}
    wanted = Asked(recipe_from_query(pairs), controls)
    form = "npz" if chosen.format == "npz" else chosen.encoding
    task = Task("trace", wanted.recipe.canonical(), wanted.include, form)
    body = b"".join(frames(task))
    if chosen.output:
        Path(chosen.output).write_bytes(body)
    else:
        sys.stdout.buffer.write(body)
    return 0


def health(chosen: argparse.Namespace) -> int:
    """Ask a running server whether it is well."""
    settings = Settings()
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host  # noqa: S104
    base = chosen.url or f"http://{host}:{settings.port}"
    try:
        with urllib.request.urlopen(f"{base.rstrip('/')}/healthz", timeout=2) as answer:  # noqa: S310
            sys.stdout.write(answer.read().decode() + "\n")
    except OSError as exc:
        sys.stderr.write(f"{base} does not answer: {exc}\n")
        return 1
    return 0


def serve(chosen: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from app.main import create_app  # noqa: PLC0415 - the other commands need no web server
    from app.server import Server, config  # noqa: PLC0415

    given = {name: value for name in ("host", "port") if (value := getattr(chosen, name)) is not None}
    settings = Settings(**given)
    check_threads()
    listener = listen(settings.host, settings.port)
    url = address(settings.host, listener.getsockname()[1])
    app = create_app(settings)
    server = Server(config(app, settings), app.state.services.leave, lambda: announce(url, settings))
    with suppress(KeyboardInterrupt):
        asyncio.run(server.serve(sockets=[listener]))
    return 0


def check_threads() -> None:
    """Insist on one thread for each product: the numeric libraries have read this already."""
    from app import THREAD_VARIABLES  # noqa: PLC0415

    wrong = [name for name in THREAD_VARIABLES if os.environ.get(name) != "1"]
    assert not wrong, f"{wrong} must be 1 before NumPy is imported"  # noqa: S101 - our own mistake


def listen(host: str, port: int) -> socket.socket:
    """A socket at the port, or at the next free one."""
    wanted = [*range(port, min(port + NEARBY, 65536)), 0] if port else [0]
    for candidate in wanted:
        try:
            return socket.create_server((host, candidate), family=family(host), backlog=2048)
        except OSError as exc:
            if candidate == wanted[-1] or exc.errno not in TAKEN:
                raise SystemExit(f"Cannot listen at {host}, port {candidate}: {exc.strerror}") from None
    raise AssertionError


def family(host: str) -> socket.AddressFamily:
    """IPv6 when the host is written so."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def address(host: str, port: int) -> str:
    """Where a visitor on this machine finds the server."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{shown}]:{port}/" if ":" in shown else f"http://{shown}:{port}/"


def announce(url: str, settings: Settings) -> None:
    """Say where the server is, and show it on a desktop."""
    sys.stdout.write(f"Unrolled is at {url}\n")
    sys.stdout.flush()
    if settings.browser == "auto" and on_desktop(os.environ, sys.stdout.isatty()):
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def on_desktop(environment: Mapping[str, str], terminal: bool) -> bool:
    """Whether a person sits in front of this machine."""
    screen = sys.platform in {"darwin", "win32"} or any(environment.get(name) for name in DISPLAYS)
    return terminal and screen and "CI" not in environment and "SSH_CONNECTION" not in environment
