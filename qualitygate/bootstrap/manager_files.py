"""The gate in the tracked settings of a hook manager: husky's scripts, lefthook's and simple-git-hooks' settings."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from qualitygate.bootstrap import json_strings
from qualitygate.bootstrap.blocks import cut_block, holds_block, insert_block, line_end, set_block
from qualitygate.bootstrap.draft import Draft
from qualitygate.bootstrap.edits import Edit
from qualitygate.bootstrap.plan import Step
from qualitygate.bootstrap.yaml_events import behind, events_of, items_of, kind_of, last_index, pairs_of, root_of
from qualitygate.config import parse_toml
from qualitygate.errors import ConfigError, QualityGateError
from qualitygate.frozen import NamedTuple
from qualitygate.hook_managers import LEFTHOOK_FILES, LEFTHOOK_PART, NAMES, SIMPLE_FILES
from qualitygate.locations import GIT_LAUNCHER
from qualitygate.resources import read

EDITED = ("husky", "lefthook", "simple-git-hooks")
"""The managers that call the gate from settings of theirs."""


class Found(NamedTuple):
    """A manager that the repository has, and the file or folder that says so."""

    name: str
    place: str


def find(names: Collection[str], read_file: Callable[[str], bytes | None]) -> tuple[Found, ...]:
    """The managers with settings among these files that the gate can be added to."""
    found = []
    folders = sorted({path.rpartition("/")[0] for path in names if "/.husky/" in f"/{path}" and path.count("/") < 4})
    scripts = [folder for folder in folders if folder.rpartition("/")[2] == ".husky"]
    # `husky init` names its folder nowhere: a project that has the package and no script yet uses it for nothing.
    found += [Found("husky", folder) for folder in scripts]
    found += [Found("lefthook", path) for path in LEFTHOOK_FILES if path in names][:1]
    found += [Found("simple-git-hooks", path) for path in SIMPLE_FILES if _is_simple(path, names, read_file)][:1]
    return tuple(found)


def _is_simple(path: str, names: Collection[str], read_file: Callable[[str], bytes | None]) -> bool:
    if path not in names:
        return False
    if path != "package.json":
        return True
    try:
        document = json.loads((read_file(path) or b"{}").decode("utf-8-sig"))
    except ValueError:
        return False
    return isinstance(document, dict) and isinstance(document.get("simple-git-hooks"), dict)


def chosen(found: tuple[Found, ...], manager: str) -> tuple[Found, ...]:
    """Those that the gate is chained into. Raises QualityGateError for a manager that was asked for and is not here."""
    if manager == "auto":
        return found
    if manager not in EDITED:
        return ()
    if wanted := tuple(one for one in found if one.name == manager):
        return wanted
    how = {"husky": "npx husky init", "lefthook": "add a lefthook.yml, then `lefthook install`"}
    raise QualityGateError(f"there is no {manager} in this repository", hint=how.get(manager, "--manager auto"))


def add_launcher(draft: Draft) -> None:
    """Add the script that tracked settings call."""
    script = read("hooks", "git", "git-hook.sh")
    if script is None:
        raise QualityGateError("the installation lacks hooks/git/git-hook.sh", hint="install it again")
    draft.write(Edit(GIT_LAUNCHER, draft.read(GIT_LAUNCHER), script, executable=True))


def add_to_managers(draft: Draft, managers: tuple[Found, ...]) -> None:
    """Plan the gate in the settings of these managers; what cannot be edited safely is left out, and said."""
    for name, place in managers:
        before = dict(draft.edits)
        try:
            _ADD[name](draft, place)
        except ConfigError as exc:
            draft.edits.clear()
            draft.edits.update(before)
            draft.leave_out(name, f"{exc.message}; {exc.hint or 'our hooks run it first instead'}")
            continue
        add_launcher(draft)
        if draft.edits.keys() - before.keys() - {GIT_LAUNCHER} or name == "husky":
            reason = f"{name} runs the hooks here: it keeps running its own, and calls the gate"
            draft.steps.append(Step(f"chain the gate into {name}", reason, f"{place} is here"))


def _husky(draft: Draft, folder: str) -> None:
    for name in NAMES:
        path = f"{folder}/{name}"
        before = draft.read(path)
        call = f'sh {GIT_LAUNCHER} {name} "$@"'
        if before is None:
            after = set_block(b"#!/usr/bin/env sh\n", "# {}", [call], file=path)
            draft.write(Edit(path, None, after, executable=True))
            continue
        first = before.split(b"\n", 1)[0].strip()
        if first.startswith(b"#!") and not first.split()[-1].endswith(b"sh"):
            raise ConfigError(f"{path} is no shell script", hint=f"have it run `{call}`")
        draft.write(Edit(path, before, _with_call(before, name, call, path), kind="block"))


def _with_call(before: bytes, name: str, call: str, path: str) -> bytes:
    """Ours comes last where what runs before it may change what is committed, else first: before anybody's `exit`."""
    if holds_block(before, "# {}"):
        return before
    if name in ("pre-commit", "pre-merge-commit"):
        return set_block(before, "# {}", [call], file=path)
    lines = _at_push(call) if name == "pre-push" else [f"{call} < /dev/null || exit $?"]
    at = before.find(b"\n") + 1 if before.startswith(b"#!") else 0
    return insert_block(before, "# {}", lines, at=at, file=path)


def _at_push(call: str) -> list[str]:
    """What is pushed stands on standard input, for us and for whoever comes after us."""
    return [
        "qualitygate_refs=$(cat)",
        f"""printf '%s\\n' "$qualitygate_refs" | {call} || exit $?""",
        *("exec << QUALITYGATE_REFS", "$qualitygate_refs", "QUALITYGATE_REFS"),
    ]


def _lefthook(draft: Draft, path: str) -> None:
    before = draft.read(path) or b""
    if path.endswith(".toml"):
        edit = Edit(path, before, _extended_toml(before, path), kind="block")
    elif path.endswith((".json", ".jsonc")):
        edit = Edit(path, before, _extended_json(before, path))
    else:
        edit = _extended_yaml(before, path)
    draft.write(edit)
    lines = ["# The gate, for lefthook, whose own settings name this file. Written by `qualitygate bootstrap`."]
    for name in NAMES:
        lines += [f"{name}:", "  commands:", "    qualitygate:", f"      run: sh {GIT_LAUNCHER} {name} {{0}}"]
        lines += ["      use_stdin: true"] if name == "pre-push" else []
    draft.write(Edit(LEFTHOOK_PART, draft.read(LEFTHOOK_PART), ("\n".join(lines) + "\n").encode("ascii")))


def _extended_toml(before: bytes, path: str) -> bytes:
    said = parse_toml(before, file=path)
    if LEFTHOOK_PART in said.get("extends", ()):
        return before
    if "extends" in said:
        raise ConfigError(f"{path} has `extends`", hint=f'add "{LEFTHOOK_PART}" to it')
    after = insert_block(before, "# {}", [f'extends = ["{LEFTHOOK_PART}"]'], at=0, file=path)
    if parse_toml(after, file=path) != {**said, "extends": [LEFTHOOK_PART]}:
        raise ConfigError(f"{path}: `extends` cannot be added safely", hint=f'add "{LEFTHOOK_PART}" to it')
    return after


def _extended_json(before: bytes, path: str) -> bytes:
    hint = f'add "{LEFTHOOK_PART}" to `extends`'
    try:
        said = json.loads(before.decode("utf-8"))
    except ValueError:
        raise ConfigError(f"{path} is not plain JSON", hint=hint) from None
    if not isinstance(said, dict):
        raise ConfigError(f"{path} is no object", hint=hint)
    if LEFTHOOK_PART in said.get("extends", ()):
        return before
    if "extends" in said or not said:
        raise ConfigError(f"{path} has `extends`, or nothing", hint=hint)
    eol = line_end(before)
    at = before.index(b"{") + 1
    return before[:at] + eol + f'  "extends": ["{LEFTHOOK_PART}"],'.encode("ascii") + before[at:]


def _extended_yaml(before: bytes, path: str) -> Edit:
    """`extends:` with our part, in a managed block: a new list at the end, or one more item of the list there."""
    was = _yaml(before, path)
    if LEFTHOOK_PART in (was.get("extends") or ()):
        return Edit(path, before, before, kind="block")
    if "extends" not in was:
        after = set_block(before, "# {}", ["extends:", f"  - {LEFTHOOK_PART}"], file=path)
        edit = Edit(path, before, after, kind="block")
    else:
        edit = _one_more(before, path)
    wanted = {**was, "extends": [*(was.get("extends") or ()), LEFTHOOK_PART]}
    if _yaml(edit.after, path) != wanted or cut_block(edit.after, edit.marker, file=path) != before:
        raise ConfigError(f"{path}: `extends` cannot be added safely", hint=f"add {LEFTHOOK_PART} to it")
    return edit


def _one_more(before: bytes, path: str) -> Edit:
    text = before.decode("utf-8")
    events = events_of(text, path)
    root = root_of(events)
    lists = [value for key, value in pairs_of(events, root) if key == "extends"] if root is not None else []
    items = list(items_of(events, lists[0])) if lists and kind_of(events[lists[0]]) == "SequenceStart" else []
    if not items or events[lists[0]].flow_style:
        raise ConfigError(f"{path}: `extends` is no list in block style", hint=f"add {LEFTHOOK_PART} to it")
    first = events[items[0]].start_mark
    dash = text.rfind("-", 0, first.index)
    lead = " " * (dash - text.rfind("\n", 0, dash) - 1)
    end = text.find("\n", last_index(events, behind(events, items[-1]))) + 1 or len(text)
    marker = f"{lead}# {{}}"
    after = insert_block(before, marker, [f"{lead}- {LEFTHOOK_PART}"], at=len(text[:end].encode("utf-8")), file=path)
    return Edit(path, before, after, kind="block", marker=marker)


def _yaml(data: bytes, path: str) -> dict[str, Any]:
    try:
        found = YAML(typ="safe", pure=True).load(data.decode("utf-8"))
    except (YAMLError, ValueError, RecursionError):
        raise ConfigError(f"{path} cannot be read", hint="mend it") from None
    if found is not None and not isinstance(found, dict):
        raise ConfigError(f"{path} is no table", hint="mend it")
    return found or {}


def _simple(draft: Draft, path: str) -> None:
    before = draft.read(path) or b""
    inside = ("simple-git-hooks",) if Path(path).name == "package.json" else ()
    after = before
    for name in NAMES:
        call = f'sh {GIT_LAUNCHER} {name} "$@"'

        def ours(old: str | None, call: str = call, name: str = name) -> str:
            if not old or GIT_LAUNCHER in old:
                return old or call
            return "\n".join((*_at_push(call), old)) if name == "pre-push" else f"{old} && {call}"

        after = json_strings.set_string(after, (*inside, name), ours, file=path)
    draft.write(Edit(path, before, after, kind="pieces"))


_ADD: Mapping[str, Callable[[Draft, str], None]] = {"husky": _husky, "lefthook": _lefthook, "simple-git-hooks": _simple}
