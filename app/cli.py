"""The command line: `python -m app serve`, `train`, `trace`, `decode`, `export`, `check-lessons` or `health`."""

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

from pydantic import ValidationError

from app import commands
from app.problems import Refusal
from app.results import FORMS
from app.settings import Settings
from app.terminal import INTERRUPTED
from core.decoding_options import DECODING
from core.errors import Problem, RecipeError, UnrolledError
from core.fields import FIELDS
from core.options import OPTIONS

NEARBY = 20
TAKEN = {errno.EADDRINUSE}
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the result is the exit code."""
    chosen = parser().parse_args(words)
    try:
        code: int = chosen.run(chosen)
    except RecipeError as exc:
        sys.stderr.write("".join(f"{told(problem)}\n" for problem in exc.problems))
        return 2
    except (UnrolledError, ValidationError, OSError, Refusal) as exc:
        sys.stderr.write(f"{exc}\n")
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def told(problem: Problem) -> str:
    """A problem in the words of the command line."""
    allowed = problem.allowed.get("nearest") if isinstance(problem.allowed, dict) else problem.allowed
    hint = f" ({', '.join(map(str, allowed))})" if isinstance(allowed, list) else ""
    return f"{commands.flag(problem.pointer.strip('/'))}: {problem.message}{hint}"


def parser() -> argparse.ArgumentParser:
    """All commands and their flags."""
    whole = argparse.ArgumentParser(prog="python -m app", description="Recurrent neural networks, unrolled.")
    found = whole.add_subparsers(required=True, metavar="command")
    command = found.add_parser("serve", help="serve the explorer and the API")
    command.add_argument("--host", help="address to listen on (or HOST)")
    command.add_argument("--port", type=int, help="port, or the next free one; 0 takes any (or PORT)")
    command.set_defaults(run=serve)
    add_train(found.add_parser("train", help="train a network and keep its weights", allow_abbrev=False))
    add_trace(found.add_parser("trace", help="compute one trace and write it", allow_abbrev=False))
    add_decode(found.add_parser("decode", help="let a network write", allow_abbrev=False))
    add_export(found.add_parser("export", help="write a view, a step or the lecture as one file", allow_abbrev=False))
    found.add_parser("check-lessons", help="check every lesson against its runs").set_defaults(run=check_lessons)
    command = found.add_parser("health", help="ask a running server whether it is well")
    command.add_argument("--url", help="where it is")
    command.set_defaults(run=health)
    return whole


def add_trace(command: argparse.ArgumentParser) -> None:
    """The flags of a trace: a recipe, and training for the trace of a trained network."""
    command.add_argument("--include", help="groups of arrays, with commas between them")
    command.add_argument("--format", choices=("json", "npz", "jsonl"), help="as the file is named; json by default")
    command.add_argument("--encoding", choices=("list", "base64"), default="list", help="of arrays in JSON")
    command.add_argument("--interventions", metavar="json", help="what is done to the run: a list, or @FILE with one")
    command.add_argument("--update", help="train first; the trace is that at this update's snapshot")
    add_out(command)
    commands.add_flags(command, ("recipe", FIELDS), ("training", OPTIONS))
    command.set_defaults(run=commands.trace)


def check_lessons(_: argparse.Namespace) -> int:
    """Say what is wrong with the lessons, a line each."""
    from app import lessons, translations  # noqa: PLC0415 - the other commands need none

    wrong = lessons.check() + translations.check()
    sys.stdout.write("".join(f"{fault}\n" for fault in wrong) or f"{len(lessons.book())} lessons, nothing wrong\n")
    return 1 if wrong else 0


def add_train(command: argparse.ArgumentParser) -> None:
    """The flags of training."""
    command.add_argument(
        "--out",
        action="append",
        metavar="file",
        help="what to keep, as the name says: .safetensors weights, .jsonl events, .json or .npz steps; repeatable",
    )
    command.add_argument("--format", choices=FORMS, help="where the name does not say it")
    commands.add_flags(command, ("recipe", FIELDS), ("training", OPTIONS))
    command.set_defaults(run=commands.train)


def add_decode(command: argparse.ArgumentParser) -> None:
    """The flags of decoding."""
    command.add_argument("--format", choices=("text", "json", "jsonl"), help="as the file is named; text by default")
    command.add_argument("--update", help="train first; decode at this update's snapshot")
    add_out(command)
    commands.add_flags(command, ("recipe", FIELDS), ("decoding", DECODING), ("training", OPTIONS))
    command.set_defaults(run=commands.decode)


def add_out(command: argparse.ArgumentParser) -> None:
    """Where the result goes."""
    command.add_argument("--out", "--output", default="-", metavar="file", help="file to write; standard output is -")


def add_export(command: argparse.ArgumentParser) -> None:
    """The flags of a file that needs no server."""
    command.add_argument("what", help="a view (matrix), a step (lecture/lstm/2), a lesson (lecture/lstm) or lecture")
    command.add_argument("--lang", choices=("en", "de"), default="en", help="the language it speaks")
    command.add_argument("--panels", help="several views, with commas between them")
    command.add_argument("--theme", help="light, dark, projector or transparent")
    command.add_argument("--at", help="where the player begins, as after the # of an address: t=3&phase=forward")
    add_out(command)
    commands.add_flags(command, ("recipe", FIELDS))
    command.set_defaults(run=export)


def export(chosen: argparse.Namespace) -> int:
    """Write a file that needs no server."""
    from app import offline  # noqa: PLC0415 - the other commands need no pages

    return offline.export(chosen)


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
