"""A view of the project's environment in which its own code is that of a snapshot."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from qualitygate.checks import editable, environment
from qualitygate.checks.tool import Environment
from qualitygate.frozen import NamedTuple

_STAMP = "overlay.json"
_SHEBANG = 1024
"""Bytes at the start of a script in which the interpreter stands; twice, where its path is a long one."""
_SCRIPT = 64 * 1024


class _View(NamedTuple):
    """What an overlay holds: per site-packages folder, links to the real entries, and `.pth` files."""

    home: str
    settings: str
    links: dict[str, str]
    texts: dict[str, str]


def overlay(env: Environment, where: Path, snapshot: Path, roots: Sequence[Path]) -> Environment:
    """An environment at `where` that equals `env`, except that the project's own code is that of `snapshot`.

    Paths in `.pth` files that lead into one of the work trees `roots` lead into the snapshot, copies of
    the project that were installed from there are left out, and no line of a `.pth` file executes. Only
    links and small files are written, and only when something differs. Without it a module that is
    missing from the judged tree is still found in the work tree, and the check is green.
    """
    import json
    import shutil

    view = _view(env, snapshot, roots)
    made = Environment(
        os.fspath(where),
        os.fspath(where / "bin" / "python"),
        tuple(os.fspath(where / os.path.relpath(folder, env.prefix)) for folder in env.site_packages),
    )
    stamp = json.dumps(view)
    if environment.read_text(os.fspath(where / _STAMP)) == stamp:
        return made
    shutil.rmtree(where, ignore_errors=True)
    for folder in ("bin", *(os.path.relpath(folder, env.prefix) for folder in env.site_packages)):
        (where / folder).mkdir(parents=True, exist_ok=True)
    os.symlink(view.home, where / "bin" / "python")
    (where / "pyvenv.cfg").write_text(view.settings, encoding="utf-8", errors="surrogateescape")
    for name, target in view.links.items():
        os.symlink(target, where / name)
    for name, text in view.texts.items():
        (where / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    (where / _STAMP).write_text(stamp, encoding="utf-8")  # last: an overlay without it is made anew
    return made


def put_programs(env: Environment, made: Environment) -> None:
    """Give an overlay the programs of its environment: scripts that start its own Python, links to the others.

    A script as it was installed would start the real interpreter, which finds the project's code in the work tree.
    """
    old, new = os.fsencode(f"{env.prefix}/bin/"), os.fsencode(f"{made.prefix}/bin/")
    for name in sorted(os.listdir(os.path.join(env.prefix, "bin"))):
        source, place = os.path.join(env.prefix, "bin", name), os.path.join(made.prefix, "bin", name)
        if name == "python" or not os.path.isfile(source) or not os.access(source, os.X_OK):
            continue
        if os.path.lexists(place):
            os.unlink(place)
        text = _script(source)
        if name.startswith("python") and text is None:
            os.symlink("python", place)
        elif text is None or old not in text[:_SHEBANG]:
            os.symlink(source, place)
        else:
            with open(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o755), "wb") as file:
                file.write(text[:_SHEBANG].replace(old, new) + text[_SHEBANG:])


def _script(path: str) -> bytes | None:
    """The content of a script; None for a binary, or what is too large to be the script of an installer."""
    with open(path, "rb") as file:
        data = file.read(_SCRIPT + 1)
    return data if data.startswith(b"#!") and len(data) <= _SCRIPT else None


def _view(env: Environment, snapshot: Path, roots: Sequence[Path]) -> _View:
    links: dict[str, str] = {}
    texts: dict[str, str] = {}
    for folder in env.site_packages:
        base = os.path.relpath(folder, env.prefix)
        copies = dict(_copies(folder, env, roots))
        for name in sorted(os.listdir(folder)):
            path, shown = os.path.join(folder, name), f"{base}/{name}"
            if name.endswith(".pth"):
                lines = (os.path.join(folder, line) for line in environment.path_lines(path))
                if text := "".join(f"{_led(line, env, snapshot, roots)}\n" for line in lines):
                    texts[shown] = text
            elif name not in copies and name != "__pycache__":
                links[shown] = _led(os.path.realpath(path), env, snapshot, roots) if os.path.islink(path) else path
        sources = {place for name, home in copies.items() for place in _sources(name, home, snapshot)}
        for one in editable.mapped(folder):
            place = _led(one.place, env, snapshot, roots)
            if not one.name:
                sources.add(place)
            elif os.path.isdir(place):
                links[f"{base}/{one.name}"] = place
            else:
                links[f"{base}/{one.name}.py"] = f"{place}.py"
        if sources:
            texts[f"{base}/_snapshot.pth"] = "".join(f"{line}\n" for line in sorted(sources))
    settings = environment.read_text(os.path.join(env.prefix, "pyvenv.cfg"))
    return _View(os.path.realpath(env.python), settings, links, texts)


def _led(place: str, env: Environment, snapshot: Path, roots: Sequence[Path]) -> str:
    part = environment.inside(place, env, roots)
    return os.path.normpath(snapshot / part[1]) if part else place


def _copies(folder: str, env: Environment, roots: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Entries of site-packages that were copied there from a work tree, and the folder of their project."""
    import json
    from urllib.parse import unquote, urlsplit

    for entry in environment.metadata(folder):
        text = environment.read_text(os.path.join(folder, entry, "direct_url.json"))
        if "file:" not in text:
            continue
        try:
            known = json.loads(text)
            place = unquote(urlsplit(str(known["url"])).path)
            editable = bool(known.get("dir_info", {}).get("editable"))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        part = environment.inside(place, env, roots)
        if part is None or editable:
            continue
        for line in environment.read_text(os.path.join(folder, entry, "RECORD")).splitlines():
            name = line.split(",", 1)[0].split("/", 1)[0]
            if name not in ("", "..", "__pycache__") and not name.endswith((".dist-info", ".pth")):
                yield name, part[1]


def _sources(name: str, home: str, snapshot: Path) -> Iterator[str]:
    for folder in (snapshot / home / "src", snapshot / home):
        if (folder / name).exists():
            yield os.path.normpath(folder)
            return
