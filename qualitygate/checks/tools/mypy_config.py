"""mypy's configuration file: which one counts, and which of its keys do more than check types."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from qualitygate.frozen import NamedTuple

Read = Callable[[str], "bytes | None"]

FILES = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")
"""In the order in which mypy looks for them; the last two only count if they have a section for it."""

_LONGEST = 50  # lines of one value
_SHARED = FILES[2:]
_TARGETS = frozenset(("files", "packages", "modules"))


class Config(NamedTuple):
    """A configuration file and its global settings."""

    path: str
    settings: Mapping[str, Any]

    def has(self, key: str) -> bool:
        return key in self.settings

    @property
    def names_targets(self) -> bool:
        """Whether it says what to check when the command line does not."""
        return bool(_TARGETS & set(self.settings))


def find(read: Read, named: str = "") -> Config | None:
    """The file that mypy takes its settings from; `read` gives a file's content or None."""
    for path in (named,) if named else FILES:
        data = read(path)
        found = _load(path, data) if data is not None else None
        if found is not None:
            return found
    return None


def executes(read: Read) -> tuple[str, ...]:
    """The files that make mypy run code of the repository: configuration with plugins, and plugins that are files.

    Where there is no TOML parser (Python 3.10), a file that so much as speaks of plugins counts.
    """
    found: dict[str, None] = {}
    for path in FILES:
        data = read(path)
        config = _load(path, data) if data is not None else None
        if config is None or not config.has("plugins"):
            continue
        found[path] = None
        for plugin in _listed(config.settings["plugins"]):
            file = plugin.split(":", 1)[0].removeprefix("./")
            if file.endswith(".py") and read(file) is not None:
                found[file] = None
    return tuple(found)


def asked_for(files: Iterable[str], read: Read, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of a tree's files that mypy is asked to check, as far as that can be read from the settings.

    It is where to plant what must be found; what was really looked at, only a run tells.
    """
    import re
    from fnmatch import fnmatchcase

    config = find(read, str(options.get("config_file", "")))
    settings = config.settings if config else {}
    targets = [*options.get("paths", ())] or _listed(settings.get("files", ""))
    packages = [] if targets else _listed(settings.get("packages", "")) + _listed(settings.get("modules", ""))
    places = [target.removeprefix("./").rstrip("/") for target in targets]
    places = [] if "." in places else [place for place in places if place]
    folders = [f"/{package.replace('.', '/')}" for package in packages]
    exclude = settings.get("exclude", "")
    patterns = [str(one) for one in (exclude if isinstance(exclude, list) else [exclude]) if one]

    def is_asked(path: str) -> bool:
        if places and not any(path.startswith(f"{place}/") or fnmatchcase(path, place) for place in places):
            return False
        if folders and not any(f"{folder}/" in f"/{path}" or f"{folder}.py" in f"/{path}" for folder in folders):
            return False
        try:
            return not any(re.search(pattern, path) for pattern in patterns)
        except re.error:
            return True

    return tuple(path for path in files if is_asked(path))


def told(read: Read, options: Mapping[str, Any]) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """What the settings say to check: where they stand, files and folders, and dotted names; None if nothing."""
    config = find(read, str(options.get("config_file", "")))
    if config is None or not config.names_targets:
        return None
    listed = {key: tuple(_listed(config.settings.get(key, ""))) for key in _TARGETS}
    files = listed["files"]
    if any(file.startswith(("/", "~")) or "$" in file for file in files):
        return None  # outside of the tree, or for mypy to find
    return config.path, files, () if files else (*listed["packages"], *listed["modules"])


def _listed(value: object) -> list[str]:
    parts = value if isinstance(value, list) else str(value).split(",")
    return [text for part in parts if (text := str(part).strip())]


def _load(path: str, data: bytes) -> Config | None:
    text = data.decode("utf-8", "replace")
    if path.lower().endswith(".toml"):
        return _load_toml(path, text)
    import configparser

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error:
        return Config(path, {})  # mypy says so itself, and `parse` makes that the reason
    if parser.has_section("mypy"):
        return Config(path, {key.replace("-", "_"): value for key, value in parser.items("mypy")})
    return None if path in _SHARED else Config(path, {})


def _load_toml(path: str, text: str) -> Config | None:
    if "mypy" not in text and "\\" not in text:
        return None
    if sys.version_info >= (3, 11):
        import tomllib

        try:
            tool = tomllib.loads(text).get("tool")
        except tomllib.TOMLDecodeError:
            return Config(path, {})
        section = tool.get("mypy") if isinstance(tool, dict) else None
        if not isinstance(section, dict):
            return None
        return Config(path, {key.replace("-", "_"): value for key, value in section.items()})
    return _guess_toml(path, text)


def _guess_value(lines: Sequence[str]) -> object:
    """A string or a list of strings, which Python writes as TOML does; "" for anything else."""
    import ast

    for end in range(1, len(lines) + 1):
        try:
            value = ast.literal_eval("\n".join(lines[:end]).strip())
        except (SyntaxError, ValueError):
            continue
        return value if isinstance(value, (str, list)) else ""
    return ""


def _guess_toml(path: str, text: str) -> Config | None:
    """The keys below `[tool.mypy]`, and `plugins` wherever it may hide; None where there is no such table."""
    import re

    settings: dict[str, Any] = {}
    here = present = False
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.lstrip().startswith("["):
            table = [part.strip(" \t\"'") for part in line.split("]", 1)[0].strip("[ \t").split(".")]
            here = table == ["tool", "mypy"]
            present = present or table[:2] == ["tool", "mypy"]
        elif here and (match := re.match(r"""\s*["']?([\w-]+)["']?\s*[=.]""", line)):
            rest = (line[match.end() :], *lines[number + 1 : number + _LONGEST])
            settings[match[1].replace("-", "_")] = _guess_value(rest)
    if not present:
        return None
    if "plugins" in text or re.search(r'"[^"\n]*\\[^"\n]*"\s*[=.]', text):
        settings["plugins"] = ""
    return Config(path, settings)
