"""Packs: modules one behind the other do what they did apart."""

import gzip
import re
import shutil
import subprocess
from pathlib import Path

import brotli
import pytest

from app import packs
from app.assets import Assets
from tests.serving import ROOT

STATIC = ROOT / "static"
MODULES = {
    "js/low.js": b"/** Said. */\nexport const one = 1;\nexport function twice(x) {\n  return 2 * x; // kept\n}\n",
    "js/deep/mid.js": b'import * as low from "../low.js";\n\nexport class Box {\n  value = low.twice(low.one);\n}\n'
    b"const whole = { a: 3, b: 4 };\nexport const { a, b: c } = whole;\nexport default whole;\n",
    "js/main.js": b"",
    "js/desk.js": b"",
}


@pytest.fixture(scope="module")
def made() -> dict[str, bytes]:
    """The packs of the page's own files."""
    contents = {p.relative_to(STATIC).as_posix(): p.read_bytes() for p in STATIC.rglob("*") if p.is_file()}
    return packs.packs(contents)


def run(folder: Path, files: dict[str, bytes], script: str) -> str:
    """What a script prints beside these files."""
    node = shutil.which("node")
    assert node, "Node.js checks the modules."
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "run.js").write_text(script)
    return subprocess.run([node, "run.js"], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_modules_see_what_they_import_and_give_what_they_export(tmp_path: Path) -> None:
    top = b'import whole from "./deep/mid.js";\nimport { Box, c as four } from "./deep/mid.js";\n\n'
    files = MODULES | {"js/main.js": top + b"export const answer = [new Box().value, four, whole.a].join();\n"}
    made = packs.scripts(files)
    assert run(tmp_path, made, f'import {{ $main }} from "./{packs.PAGE}"; console.log($main.answer);') == "2,4,3"


def test_what_comes_later_shares_the_modules_that_are_there(tmp_path: Path) -> None:
    counter = b"export const seen = [];\n"
    first = b'import { seen } from "./low.js";\n\nseen.push("page");\nexport const open = () => import("./desk.js");\n'
    later = b'import { seen } from "./low.js";\n\nexport function furnish() {\n  return [...seen, "desk"].join();\n}\n'
    made = packs.scripts({"js/low.js": counter, "js/main.js": first, "js/desk.js": later})
    script = f'import {{ $main }} from "./{packs.PAGE}"; console.log((await $main.open()).furnish());'
    assert run(tmp_path, made, script) == "page,desk"


@pytest.mark.parametrize("odd", [b'export { a } from "./low.js";\n', b"export let a = 1;\n", b'import "./low.js";\n'])
def test_a_form_that_a_pack_cannot_hold_is_refused_by_name(odd: bytes) -> None:
    with pytest.raises(ValueError, match="a pack cannot hold"):
        packs.scripts(MODULES | {"js/main.js": odd})


def test_a_module_below_the_top_may_not_ask_where_it_is() -> None:
    where = {
        "js/main.js": b'import { a } from "./deep/x.js";\n',
        "js/deep/x.js": b"export const a = import.meta.url;\n",
    }
    with pytest.raises(ValueError, match="may ask where they are"):
        packs.scripts(MODULES | where)


def test_a_tool_shares_the_modules_of_the_page_and_of_the_desk(tmp_path: Path) -> None:
    counter = b"export const seen = [];\n"
    first = b'import { seen } from "./low.js";\n\nseen.push("page");\nexport const open = () => import("./desk.js");\n'
    desk = b'import { own } from "./own.js";\n\nown.push(1);\nexport const tool = () => import("./tools/one-two.js");\n'
    shares = b'import { seen } from "../low.js";\nimport { own } from "../own.js";\n\n'
    tool = shares + b"export const tool = [...seen, ...own];\n"
    given = {"js/low.js": counter, "js/main.js": first, "js/own.js": b"export const own = [];\n", "js/desk.js": desk}
    made = packs.scripts(given | {"js/tools/one-two.js": tool})
    assert "js/tool-one-two.pack.js" in made
    script = f'import {{ $main }} from "./{packs.PAGE}"; console.log((await (await $main.open()).tool()).tool.join());'
    assert run(tmp_path, made, script) == "page,1"


def test_every_module_of_the_page_is_in_one_pack_and_every_module_of_a_tool_in_its_own(made: dict[str, bytes]) -> None:
    whole = (made[packs.PAGE] + made[packs.DESK]).decode()
    tools = [text.decode() for name, text in made.items() if name.startswith("js/tool-") or name in packs.ALONE]
    pages = "".join(path.read_text() for path in ROOT.rglob("templates/*.html"))
    alone = set(re.findall(r"static\('(js/[\w-]+\.js)'\)", pages))  # the one module of a simpler page
    for path in STATIC.rglob("js/**/*.js"):
        if path.relative_to(STATIC).as_posix() in alone:
            continue
        name = packs.handle(path.relative_to(STATIC).as_posix())
        times = whole.count(f"const {name} = (")
        assert times == 1 or (times == 0 and any(f"const {name} = (" in tool for tool in tools)), path


def test_packs_are_modules_that_parse(made: dict[str, bytes], tmp_path: Path) -> None:
    for name in (name for name in made if name.endswith(".js")):
        file = tmp_path / Path(name).name
        file.write_bytes(made[name])
        subprocess.run([shutil.which("node") or "node", "--check", file.name], cwd=tmp_path, check=True)


def test_what_a_sheet_fetches_is_found_from_its_pack(made: dict[str, bytes]) -> None:
    found = re.findall(r'url\("([^"]+)"\)', made["css/page.pack.css"].decode())
    assert len(found) >= 5
    assert all((STATIC / "css" / address).is_file() for address in found if not address.startswith("data:"))


def test_files_without_a_page_have_no_packs() -> None:
    assert packs.packs({"js/other.js": b""}) == {}


def test_types_and_indentation_stay_behind_but_a_text_of_several_lines_keeps_its_own(tmp_path: Path) -> None:
    code = b'export const one = /** @type {const} */ (["a"]);\nexport function text() {\n  return `b\n  ${one}`;\n}\n'
    plain = b'import { text } from "./low.js";\n\n'
    plain += b"export function said() {\n  return /** @type {string} */ (text());\n}\n"
    pack = packs.scripts({"js/low.js": code, "js/main.js": plain, "js/desk.js": b""})[packs.PAGE].decode()
    assert "@type" not in pack
    assert "\nreturn (text());" in pack
    script = f'import {{ $main }} from "./{packs.PAGE}"; console.log(JSON.stringify($main.said()));'
    assert run(tmp_path, {packs.PAGE: pack.encode()}, script) == '"b\\n  a"'


def test_sheets_leave_their_remarks_behind(made: dict[str, bytes]) -> None:
    for name in packs.SHEETS:
        assert b"/*" not in made[name]
        assert b"\n  " not in made[name]


def test_a_pack_comes_in_its_smallest_form_to_those_who_can_unpack_it() -> None:
    assets = Assets(STATIC)
    assets.url(packs.PAGE)
    assets.packing.join()
    pack = assets.files[packs.PAGE]
    assert [*pack.bodies] == ["br", "gzip", "identity"] == [*pack.tags]
    assert brotli.decompress(pack.bodies["br"]) == gzip.decompress(pack.bodies["gzip"]) == pack.bodies["identity"]
    assert len(pack.bodies["br"]) < 0.9 * len(pack.bodies["gzip"])
    assert len({*pack.tags.values()}) == 3
