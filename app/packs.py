"""Several static files as one, so that a browser asks once instead of fifty times: half of the wait was asking.

The modules stay what is written, read and checked; here they stand one behind the other, each in a scope of its own, in
the order of their imports, without their comments. That is enough because they keep to few forms of import and export,
and to no cycles (`docs/floor-plan.md`); a module that does not is refused by name.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname, normpath, relpath

from app import words

Contents = Mapping[str, bytes]

IMPORT = re.compile(r'^import (?:\* as (\w+)|\{([^}]*)\}|(\w+)) from "(\.[^"]+)";\n', re.MULTILINE)
DECLARED = re.compile(r"^export ((?:async )?function|class|const) (\w+)", re.MULTILINE)
SPREAD = re.compile(r"^export const \{([^}]*)\} =", re.MULTILINE)
DEFAULT = re.compile(r"^export default (\w+);\n", re.MULTILINE)
LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')
SAID = re.compile(r"^[ \t]*(?:/\*\*(?:[^*]|\*(?!/))*\*/|//[^\n]*)\n", re.MULTILINE)
LEFT = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
CAST = re.compile(r"/\*\* @type [^\n]*?\*/ ?")
INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
REMARK = re.compile(r"/\*.*?\*/\n*", re.DOTALL)
ADDRESS = re.compile(r"""url\(["']?(?!data:|[a-z]+:|/|#)([^"')]+)["']?\)""")

PAGE, DESK = "js/page.pack.js", "js/desk.pack.js"
ENTRIES = {PAGE: "js/main.js", DESK: "js/desk.js"}
# What stands alone on a page of its own, with everything it needs.
ALONE = {"js/embed.pack.js": "js/embed.js", "js/deck.pack.js": "js/deck.js"}
TOOL = re.compile(r"^js/(?:tools|later)/([\w-]+)\.js$")
STAGE = (
    "vendor/fonts-5.3.0/fonts.css",
    *(f"css/{name}.css" for name in ("tokens", "base", "network", "chains", "frames", "matrix", "player")),
)
SHEETS = {
    "css/page.pack.css": (*STAGE, "css/form.css"),
    "css/embed.pack.css": (*STAGE, "css/cell.css", "css/embed.css"),
    "css/deck.pack.css": (
        *STAGE,
        "vendor/katex-0.19.1/katex.css",
        *(f"css/{name}.css" for name in ("scenes", "bench", "embed", "deck")),
    ),
    "css/desk.pack.css": ("vendor/katex-0.19.1/katex.css", "css/bench.css", "css/panel.css", "css/cell.css"),
}


def packs(contents: Contents) -> dict[str, bytes]:
    """Every pack of these files; a folder without the page's files has none."""
    if not all(name in contents for name in ENTRIES.values()):
        return {}
    made = scripts(contents) | {pack: sheets(pack, names, contents) for pack, names in SHEETS.items()}
    for language in words.LANGUAGES:
        made |= {} if language == "en" else spoken(language, contents)
    return made


def spoken(language: str, contents: Contents) -> dict[str, bytes]:
    """The packs of the page in another language: each language has its own, so that none weighs on another's page."""
    modules = {name: body for name, body in contents.items() if name.startswith("js/") and name.endswith(".js")}
    said = {name: words.spoken(language, body.decode()).encode() for name, body in modules.items()}
    ends = (b'.pack.js"', f'.{language}.pack.js"'.encode())
    return {in_language(language, name): text.replace(*ends) for name, text in scripts(said).items()}


def in_language(language: str, name: str) -> str:
    """What a pack is called in a language: English has the plain name."""
    return name if language == "en" else name.replace(".pack.js", f".{language}.pack.js")


def scripts(contents: Contents) -> dict[str, bytes]:
    """The modules of the first picture, and behind them those that come later and share them."""
    page, every = in_order(ENTRIES[PAGE], contents), in_order(ENTRIES[DESK], contents)
    desk = [name for name in every if name not in page]
    made = {PAGE: joined(page, contents) + shared(page)}
    made[DESK] = taken(PAGE, page) + joined(desk, contents) + shared(desk) + given(ENTRIES[DESK], contents)
    for name in tools([*page, *desk], contents):
        wanted = in_order(name, contents)
        own = [each for each in wanted if each not in (*page, *desk)]
        begin = taken(PAGE, page) + (taken(DESK, desk) if {*wanted} & {*desk} else "")
        made[pack_of(name)] = begin + joined(own, contents) + given(name, contents)
    made |= {pack: whole(entry, contents) for pack, entry in ALONE.items() if entry in contents}
    return {name: text.encode() for name, text in made.items()}


def whole(entry: str, contents: Contents) -> str:
    """A module and all that it imports, and nothing that gives or takes: it may stand inside a page."""
    return joined(in_order(entry, contents), contents)


def taken(pack: str, names: Sequence[str]) -> str:
    """The line by which a pack has the modules of another."""
    return f'import {{ {", ".join(map(handle, names))} }} from "./{pack.removeprefix("js/")}";\n' if names else ""


def shared(names: Sequence[str]) -> str:
    """The line by which a pack gives its modules to others."""
    return f"export {{ {', '.join(map(handle, names))} }};\n"


def given(name: str, contents: Contents) -> str:
    """The line by which a pack gives what its entry exports."""
    return f"export const {{ {', '.join(exports(contents[name].decode()))} }} = {handle(name)};\n"


def tools(names: Sequence[str], contents: Contents) -> list[str]:
    """The tools and pictures that some modules fetch later."""
    wanted = (place(name, m[1]) for name in names for m in LATER.finditer(contents[name].decode()))
    return sorted({target for target in wanted if TOOL.match(target)})


def pack_of(name: str) -> str:
    """The pack that a module begins, if it begins one."""
    if tool := TOOL.match(name):
        return f"js/tool-{tool[1]}.pack.js"
    return next((pack for pack, entry in ENTRIES.items() if entry == name), name)


def in_order(entry: str, contents: Contents) -> list[str]:
    """A module and all that it imports, each behind what it imports itself."""
    found: list[str] = []

    def visit(name: str) -> None:
        for wanted in imports(name, contents[name].decode()):
            if wanted not in found:
                visit(wanted)
        if name not in found:
            found.append(name)

    visit(entry)
    return found


def imports(name: str, text: str) -> list[str]:
    """The files that a module imports."""
    return [place(name, match[4]) for match in IMPORT.finditer(text)]


def place(name: str, wanted: str) -> str:
    """The name of a file that a file calls by a relative one."""
    return normpath(f"{dirname(name)}/{wanted}")


def handle(name: str) -> str:
    """What a module is called inside a pack."""
    return "$" + re.sub(r"\W", "_", name.removeprefix("js/").removesuffix(".js"))


def joined(names: Sequence[str], contents: Contents) -> str:
    """Modules one behind the other."""
    return "".join(module(name, contents[name].decode()) for name in names)


def module(name: str, text: str) -> str:
    """One module in a scope of its own, which gives what it exports."""
    given = ", ".join(exports(text))
    body = IMPORT.sub(lambda m: bound(name, m), SAID.sub("", text))
    body = DEFAULT.sub("", SPREAD.sub(r"const {\1} =", DECLARED.sub(r"\1 \2", body)))
    if left := LEFT.search(body):
        raise ValueError(f"{name}: a pack cannot hold `{left[0]}`")
    body = LATER.sub(lambda m: f'import("{later(name, m[1])}")', body)
    if dirname(name) != "js" and "import.meta" in body:
        raise ValueError(f"{name}: only modules at the top of js/ may ask where they are")
    return f"const {handle(name)} = (() => {{\n{lean(body)}return {{ {given} }};\n}})();\n"


def lean(text: str) -> str:
    """Code without types and without indentation, unless a text in it runs over several lines."""
    bare = CAST.sub("", text)
    return bare if any(line.count("`") % 2 for line in bare.split("\n")) else INDENT.sub("", bare)


def bound(name: str, match: re.Match[str]) -> str:
    """An import, as the names that it binds in the scope of its module."""
    every, some, default, wanted = match.groups()
    source = handle(place(name, wanted))
    if every:
        return f"const {every} = {source};\n"
    names = f"default: {default}" if default else ", ".join(renamed(part) for part in some.split(",") if part.strip())
    return f"const {{ {names} }} = {source};\n"


def renamed(part: str) -> str:
    """`a as b` of an import is `a: b` of an object."""
    return part.strip().replace(" as ", ": ")


def exports(text: str) -> Iterator[str]:
    """The names that a module exports, as the properties of an object."""
    yield from (match[2] for match in DECLARED.finditer(text))
    for match in SPREAD.finditer(text):
        yield from (part.split(":")[-1].strip() for part in match[1].split(","))
    yield from (f"default: {match[1]}" for match in DEFAULT.finditer(text))


def later(name: str, wanted: str) -> str:
    """What a module fetches later: a pack, if it begins one, from where packs stand."""
    return "./" + relpath(pack_of(place(name, wanted)), "js").removeprefix("./")


def sheets(pack: str, names: Sequence[str], contents: Contents) -> bytes:
    """Style sheets as one; what they fetch is called from where the pack stands."""

    def moved(name: str) -> str:
        def address(match: re.Match[str]) -> str:
            return f'url("{relpath(place(name, match[1]), dirname(pack))}")'

        return ADDRESS.sub(address, INDENT.sub("", REMARK.sub("", contents[name].decode())))

    return "\n".join(moved(name) for name in names).encode()
