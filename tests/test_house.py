"""The rules of the house: who may import whom, how long things get, what a page never contains.

The layers stand in docs/floor-plan.md: a new file needs a row there, at the height where it belongs.
"""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.serving import ROOT

PLAN = ROOT / "docs" / "floor-plan.md"
PACKAGES = ("core", "app", "static/js")
WEB = {"asyncio", "http", "socket", "socketserver", "ssl", "urllib", "wsgiref", "xmlrpc"}
READERS = {"core/weights.py": {"safetensors"}}  # a reader of a file format may need its library
# What `app` may use of NumPy: to hold, to name and to send arrays, never to compute with them.
HOLDING = {"ndarray", "asarray", "ascontiguousarray", "frombuffer", "dtype", "generic", "float32", "float64", "integer"}
LONGEST_FILE, LONG_FILE, SHARE_OF_LONG = 350, 300, 0.05
LONGEST_SHEET = 2 * LONGEST_FILE  # a style sheet has one declaration a line
LONGEST_FUNCTION, P90_FUNCTION, MEDIAN_FUNCTION = 40, 25, 6


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project: what git knows, and what it would if it were added."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def ours(*folders: str, endings: tuple[str, ...]) -> list[Path]:
    """Our own files in some folders: nothing vendored."""
    return [
        path
        for path in tracked()
        if path.suffix in endings and name(path).startswith(folders) and "static/vendor/" not in name(path)
    ]


def layers(package: str) -> list[str]:
    """The rows of a package's table in the floor plan, top to bottom."""
    _, _, rest = PLAN.read_text().partition(f"\n## {package}/\n")
    section, _, _ = rest.partition("\n## ")
    return re.findall(r"^\| `([\w/.-]+)`", section, re.MULTILINE)


def modules(package: str) -> list[str]:
    """The files that are there, as the floor plan would name them."""
    found = ours(f"{package}/", endings=(".py", ".js"))
    return [name(path).removeprefix(f"{package}/") for path in found if path.name != "__init__.py"]


def python_imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, dotted, and every `from a import b` as `a.b`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)}:{node.lineno}: write the import in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def javascript_imports(path: Path) -> Iterator[str]:
    """Every module of ours that a module imports, as a path under static/js; types in comments do not count."""
    code = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    for relative in re.findall(r'(?:from|import)\s*\(?\s*"(\.[^"]+)"', code):
        target = (path.parent / relative).resolve()
        if target.is_relative_to(ROOT / "static/js"):
            yield target.relative_to(ROOT / "static/js").as_posix()


def inner_imports(package: str, module: str) -> set[str]:
    """The files of a package that one of its files imports."""
    path = ROOT / package / module
    if path.suffix == ".js":
        return set(javascript_imports(path))
    present = set(modules(package))
    dotted = [wanted.split(".")[1:] for wanted in python_imports(path) if wanted.split(".")[0] == package]
    files = {"/".join(parts[:depth]) + ".py" for parts in dotted for depth in (1, 2, 3)}
    return files & present


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_has_its_row_in_the_floor_plan(package: str) -> None:
    rows, present = layers(package), modules(package)
    assert len(rows) == len(set(rows)), f"a file stands twice under {package}/ in docs/floor-plan.md"
    missing, gone = sorted(set(present) - set(rows)), sorted(set(rows) - set(present))
    assert not missing, f"new in {package}/: give each a row in docs/floor-plan.md: {missing}"
    assert not gone, f"docs/floor-plan.md lists under {package}/ what is not there: {gone}"


@pytest.mark.parametrize("package", PACKAGES)
def test_a_file_imports_only_what_stands_above_it(package: str) -> None:
    present = set(modules(package))
    rows = [row for row in layers(package) if row in present]
    wrong = [
        f"{package}/{module} imports {wanted}, which does not stand above it"
        for height, module in enumerate(rows)
        for wanted in sorted(inner_imports(package, module) - set(rows[:height]))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_core_knows_numpy_and_the_standard_library_and_no_web() -> None:
    allowed = (set(sys.stdlib_module_names) | {"numpy", "core"}) - WEB
    wrong = [
        f"{name(path)} imports {wanted}"
        for path in ours("core/", endings=(".py",))
        for wanted in python_imports(path)
        if wanted.split(".")[0] not in allowed | READERS.get(name(path), set())
    ]
    assert not wrong, "\n".join(wrong)


def numpy_uses(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every `np.something`, and every matrix product, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"np", "numpy"}:
            yield node.lineno, node.attr
        elif isinstance(node, ast.MatMult):
            yield 0, "@"
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "numpy":
            yield from ((node.lineno, alias.name) for alias in node.names)


def test_the_service_contains_no_mathematics() -> None:
    wrong = [
        f"{name(path)}:{line} uses {what}"
        for path in ours("app/", endings=(".py",))
        for line, what in numpy_uses(ast.parse(path.read_text()))
        if what not in HOLDING
    ]
    assert not wrong, "\n".join(wrong)


def test_views_know_neither_the_network_nor_one_another() -> None:
    network = re.compile(r"\b(fetch\(|XMLHttpRequest|EventSource|WebSocket|sendBeacon)")
    wrong = []
    for path in ours("static/js/views/", endings=(".js",)):
        imported = set(javascript_imports(path))
        wrong += [f"{name(path)} imports {other}" for other in imported if other.startswith("views/")]
        wrong += [f"{name(path)} imports {other}" for other in imported & {"api.js", "main.js"}]
        wrong += [f"{name(path)} uses {found}" for found in network.findall(path.read_text())]
    assert not wrong, "\n".join(wrong)


def test_files_are_short() -> None:
    folders = ("core/", "app/", "tests/", "bench/", "tools/", "static/", "templates/")
    endings = (".py", ".js", ".mjs", ".html", ".jinja")
    lengths = {name(p): p.read_text().count("\n") for p in ours(*folders, endings=endings)}
    too_long = {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE}
    sheets = {name(p): p.read_text().count("\n") for p in ours("static/css/", endings=(".css",))}
    too_long |= {path: lines for path, lines in sheets.items() if lines > LONGEST_SHEET}
    assert not too_long, f"longer than {LONGEST_FILE} lines: {too_long}"
    long = {path: lines for path, lines in lengths.items() if lines > LONG_FILE}
    assert len(long) <= SHARE_OF_LONG * len(lengths), f"too many files over {LONG_FILE} lines: {long}"


def function_lengths(*folders: str) -> dict[str, int]:
    """The lines of every function: its docstring is prose and does not count."""
    lengths = {}
    for path in ours(*folders, endings=(".py",)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                first = node.body[0]
                prose = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) else 0
                lengths[f"{name(path)}:{node.lineno} {node.name}"] = (node.end_lineno or 0) - node.lineno + 1 - prose
    return lengths


@pytest.mark.parametrize("folder", ["core/", "app/"])
def test_functions_are_short(folder: str) -> None:
    lengths = sorted(function_lengths(folder).values())
    assert statistics.median(lengths) <= MEDIAN_FUNCTION
    assert lengths[int(0.9 * len(lengths))] <= P90_FUNCTION


def test_no_function_is_long() -> None:
    lengths = function_lengths("core/", "app/", "tests/", "bench/", "tools/")
    too_long = {where: lines for where, lines in lengths.items() if lines > LONGEST_FUNCTION}
    assert not too_long, f"longer than {LONGEST_FUNCTION} lines: {too_long}"


MARKUP = {
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*type=\"(?:application/json|importmap)\")",
    "a style attribute": r"<[^>]*\sstyle\s*=",
    "a style element": r"<style\b",
    "an event attribute": r"<[^>]*\son[a-z]+\s*=",
    "a javascript: address": r"javascript:",
}
CODE = {
    "markup from a string": r"\b(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|createContextualFragment)\b",
    "document.write": r"\bdocument\.write",
    "code from a string": r"\beval\(|\bnew Function\b|\bsetTimeout\(\s*[\"'`]",
    "a style attribute": r"setAttribute\(\s*[\"'`]style",
    "mathematics as markup": r"\brenderToString\b",
}


@pytest.mark.parametrize("what", MARKUP)
def test_templates_hold_no(what: str) -> None:
    files = ours("templates/", "app/", "static/", endings=(".html", ".jinja", ".svg", ".py"))
    wrong = [name(path) for path in files if re.search(MARKUP[what], path.read_text(), re.IGNORECASE)]
    assert not wrong, f"{what} in {wrong}"


@pytest.mark.parametrize("what", CODE)
def test_modules_hold_no(what: str) -> None:
    files = ours("static/js/", endings=(".js",))
    wrong = [name(path) for path in files if re.search(CODE[what], path.read_text())]
    assert not wrong, f"{what} in {wrong}"


def test_nothing_is_asked_of_another_origin() -> None:
    own = r"127\.0\.0\.1|localhost|www\.w3\.org/"  # the last names XML's vocabularies, it is never asked for
    foreign = re.compile(rf"(?:\b(?:https?|wss?):|[\"'(])//(?!{own})[\w-]+\.[a-z]{{2,}}[^\s\"'`)]*")
    links = re.compile(r"<a\s[^>]*href=\"[^\"]*\"")
    files = ours("static/", "templates/", endings=(".js", ".css", ".html", ".jinja", ".svg", ".json"))
    wrong = [f"{name(path)}: {found}" for path in files for found in foreign.findall(links.sub("", path.read_text()))]
    assert not wrong, "\n".join(wrong)


def test_no_file_names_a_folder_of_one_machine() -> None:
    private = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/[a-z]")
    texts = ours("", endings=(".py", ".js", ".mjs", ".md", ".toml", ".json", ".txt", ".html", ".css", ".sh"))
    wrong = [name(path) for path in texts if private.search(path.read_text())]
    assert not wrong, f"a path of one machine in {wrong}"
