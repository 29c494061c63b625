"""What a fresh machine is given: pinned packages, vendored files, the commands, the container."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.serving import ROOT, serving

VENDOR = ROOT / "static" / "vendor"
PIN = re.compile(
    r"^([a-z0-9-]+)==([^\s;]+)((?: ; [^\\]+)?) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)


def pins(name: str) -> dict[str, str]:
    """Package and version of every pin in a requirements file, which holds nothing but pins."""
    text = (ROOT / name).read_text()
    assert PIN.sub("", text) == "", f"{name} holds more than pins with hashes: {PIN.sub('', text)[:200]}"
    return {found[1]: found[2] for found in PIN.finditer(text)}


def test_requirements_are_pins_with_hashes_that_agree() -> None:
    assert pins("requirements.txt").items() <= pins("requirements-dev.txt").items()


def test_every_declared_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name, wanted in {
        "requirements.txt": project["dependencies"],
        "requirements-dev.txt": project["optional-dependencies"]["dev"],
    }.items():
        declared = {re.split(r"[<>=~]", requirement)[0] for requirement in wanted}
        assert declared <= pins(name).keys()


def test_node_packages_are_pinned_and_name_no_registry() -> None:
    wanted = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values()), wanted
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert not [path for path, package in locked.items() if "resolved" in package]
    assert [path for path, package in locked.items() if path and "integrity" not in package] == []
    optional = {name for package in locked.values() for name in package.get("optionalDependencies", {})}
    missing = {name for name in optional if f"node_modules/{name}" not in locked}
    assert not missing, f"`npm ci` will refuse a lock without {missing}"


def test_vendored_files_are_those_of_the_manifest() -> None:
    manifest = json.loads((VENDOR / "manifest.json").read_text())
    present = {p.relative_to(VENDOR).as_posix(): p for p in VENDOR.rglob("*") if p.is_file()}
    del present["manifest.json"]
    assert {path: hashlib.sha256(file.read_bytes()).hexdigest() for path, file in present.items()} == manifest


def test_vendored_files_are_those_of_their_packages() -> None:
    done = subprocess.run(
        ["node", "tools/vendor.mjs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_vendored_folders_name_their_version_and_carry_a_licence() -> None:
    for folder in VENDOR.iterdir():
        if folder.is_dir():
            assert re.search(r"-\d+\.\d+\.\d+$", folder.name), folder
            assert list(folder.glob("LICENSE*")), f"no licence in {folder.name}"


def test_vendored_styles_ask_only_for_fonts_beside_them() -> None:
    for sheet in VENDOR.rglob("*.css"):
        for target in re.findall(r"url\(([^)]+)\)", sheet.read_text()):
            assert (sheet.parent / target).is_file(), f"{sheet.name} asks for {target}"


def test_the_readme_s_commands_are_what_the_machines_run() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)`|^make ([a-z-]+)$", readme, re.MULTILINE))
    assert {"run", "test"} <= {first or second for first, second in named} <= targets
    assert (ROOT / ".ci/run").read_text().rstrip().endswith("make test")
    assert os.access(ROOT / ".ci/run", os.X_OK)


def test_set_up_has_nothing_left_to_do_the_second_time() -> None:
    stamps = [".venv/.run", ".venv/.dev", "node_modules/.done"]
    assert subprocess.run(["make", "--question", *stamps], cwd=ROOT, check=False).returncode == 0


def test_a_missing_browser_is_said_and_fails() -> None:
    nowhere = {**os.environ, "CHROME": "/nowhere/chrome"}
    words = [sys.executable, "tools/browser.py", "--install"]
    done = subprocess.run(words, cwd=ROOT, env=nowhere, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Install Google Chrome or Chromium" in done.stderr


def dockerfile() -> list[tuple[str, str]]:
    """The container's instructions, one pair each of word and rest."""
    joined = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in joined.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, rest in (line.split(None, 1) for line in lines)]


def command(words: str) -> tuple[str, ...]:
    """A command of the container as it runs here: its Python is ours."""
    parts = json.loads(words[words.index("[") :])
    assert parts[0] == "python"
    return (sys.executable, *parts[1:])


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A folder that holds what the container copies, and nothing else."""
    folder = tmp_path / "image"
    folder.mkdir()
    for sources in (rest.split()[:-1] for word, rest in dockerfile() if word == "COPY"):
        for source in sources:
            assert (ROOT / source).exists(), f"the Dockerfile copies {source}, which is not there"
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / source, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, folder / source)
    return folder


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_the_container_serves_is_healthy_and_writes_nothing(image: Path, tmp_path: Path) -> None:
    steps, before = dict(dockerfile()), contents(image)
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"}
    with serving(tmp_path, command(steps["CMD"]), image, **quiet) as server:
        port = {**os.environ, "PORT": server.url.rpartition(":")[2]}
        healthy = subprocess.run(command(steps["HEALTHCHECK"]), env=port, check=False)
    assert healthy.returncode == 0
    assert contents(image) == before


def test_the_container_s_health_check_notices_a_missing_server() -> None:
    nobody = {**os.environ, "PORT": "9"}
    words = command(dict(dockerfile())["HEALTHCHECK"])
    assert subprocess.run(words, env=nobody, capture_output=True, check=False).returncode != 0


def test_the_container_runs_as_nobody_in_particular_with_one_thread() -> None:
    steps = dict(dockerfile())
    assert int(steps["USER"]) >= 10000
    assert steps["STOPSIGNAL"] == "SIGTERM"
    for library in ("OPENBLAS", "OMP", "MKL"):
        assert f"{library}_NUM_THREADS=1" in steps["ENV"]
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    copied = [rest.split()[0] for word, rest in dockerfile() if word == "COPY"]
    assert all(f"!{path}" in ignored for path in copied)
