"""The compiled policy of a tree: `qualitygate.toml` as JSON, which the hook path reads without a TOML parser."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from qualitygate import git
from qualitygate.errors import ConfigError
from qualitygate.frozen import NamedTuple
from qualitygate.gate.state import digest, read_json, write_json
from qualitygate.git import Repo
from qualitygate.locations import EXTENDED, SETTINGS, WAIVERS
from qualitygate.model import TIERS, Check, Entries, Finding, Policy, Waiver

FILE = SETTINGS
COMPILED = 4
"""Counts up when the compiled form changes, so that no stale one is read."""

_STRICTNESS: Mapping[Policy, int] = {"shown": 0, "ratchet": 1, "clean": 2}
_TOUCHED = {"show": 0, "": 1, "new": 2}

UNREADABLE = "unreadable"
"""The digest of a policy that could not be read; its notes say why."""
PLACES = (FILE, EXTENDED, WAIVERS)
"""Where a tree keeps what its policy is made of."""
_MOST = 500
"""Files of a policy, past which nobody wrote them."""

Compile = Callable[..., Mapping[str, Any]]
"""TOML bytes to compiled policy; None stands for the playbook's defaults. Raises ConfigError.

Files below `.qualitygate/extended/`, and the waivers, by their paths, are a second argument where there are any.
"""


class GatePolicy(NamedTuple):
    """What to check and how; `source` is `qualitygate.toml`, or says that there is none.

    `advice` says per rule what to do about a finding; it decides nothing, and is no part of the digest.
    `origins`: keys that are set by shared settings, and by which. `gate`: what holds for every check. `before`: base's
    checks by name, where base has settings. `waivers`: what its tree grants, and once it
    is planned with, what counts; `requests`: what it asks for; `stood`: what base's tree grants; `added`: what may not.
    """

    checks: tuple[Check, ...]
    trusted: str
    time_limit: float
    digest: str
    source: str
    notes: tuple[str, ...] = ()
    push_time_limit: float = 600.0
    advice: Mapping[str, str] = {}
    origins: Mapping[str, str] = {}
    gate: Mapping[str, Any] = {}
    before: Mapping[str, Check] = {}
    waivers: tuple[Waiver, ...] = ()
    requests: tuple[Waiver, ...] = ()
    stood: tuple[Waiver, ...] = ()
    added: tuple[Finding, ...] = ()

    def advised(self, finding: Finding) -> Finding:
        """The finding with what to do about it, if its tool did not say."""
        if finding.fix or not self.advice:
            return finding
        whole = f"{finding.rule.partition(':')[0]}:*"
        return finding._replace(fix=self.advice.get(finding.rule) or self.advice.get(whole, ""))


def load(
    repo: Repo, shared: Path, entries: Entries, version: str, compile_: Compile, held: Mapping[str, bytes] = {}
) -> GatePolicy:
    """The policy of one tree, compiled once per content and version of ours; `held` are those files at hand, if any."""
    entry = entries.get(FILE)
    if entry is None:
        defaults = shared / "policy" / f"defaults-{digest(version, COMPILED)}.json"
        return _as_policy(_cached(defaults, lambda: compile_(None)))
    if not entry.is_file:
        raise ConfigError(f"{FILE} is not a regular file", hint="replace it with a file, or remove it")
    beside = (path for path in entries if path.startswith(EXTENDED) or path == WAIVERS)
    extended = {path: entries[path].blob for path in beside if entries[path].is_file}
    if len(extended) > _MOST:
        raise ConfigError(f"{EXTENDED}: more than {_MOST} files", hint="keep nothing there but what was synced")
    key = digest(version, COMPILED, *([extended] if extended else []))
    path = shared / "policy" / f"{entry.blob}-{key}.json"
    return _as_policy(_cached(path, lambda: _compiled(repo, compile_, {FILE: entry.blob, **extended}, held)))


def _compiled(repo: Repo, compile_: Compile, ids: Mapping[str, str], held: Mapping[str, bytes]) -> Mapping[str, Any]:
    data = held if FILE in held else {}
    if not data:
        content = dict(git.blobs(repo, ids.values()))
        data = {path: content[blob] for path, blob in ids.items()}
    extended = {path: data[path] for path in ids if path != FILE}
    return compile_(data[FILE], extended) if extended else compile_(data[FILE])


def on_disk(root: Path) -> dict[str, bytes]:
    """The files of the policy as they are in a work tree; links are passed over."""
    found = {}
    for folder, _, names in ((os.fspath(root), [], [FILE, WAIVERS]), *os.walk(root / EXTENDED)):
        for path in (Path(folder, name) for name in names):
            if path.is_file() and not path.is_symlink():
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def _cached(path: Path, make: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    found = read_json(path)
    try:
        _as_policy(found)
    except (TypeError, KeyError, AttributeError, ValueError):
        pass  # torn, or not ours
    else:
        return found  # type: ignore[no-any-return]
    made = make()
    try:
        write_json(path, made, lasting=False)
    except OSError:
        pass  # a read-only clone is still judged, only slower
    return made


def _as_policy(document: Mapping[str, Any]) -> GatePolicy:
    gate = document["gate"]
    return GatePolicy(
        checks=tuple(Check(**check) for check in document["checks"]),
        trusted=gate.get("trusted", ""),
        time_limit=float(gate.get("time_limit", 60)),
        push_time_limit=float(gate.get("push_time_limit", 600)),
        digest=digest({key: value for key, value in document.items() if key != "advice"}),
        advice=document.get("advice", {}),
        source=document.get("source", FILE),
        notes=tuple(document.get("notes", ())),
        origins=document.get("origins", {}),
        gate=gate,
        waivers=tuple(Waiver(*row) for row in document.get("waivers", ())),
        requests=tuple(Waiver(*row) for row in document.get("requests", ())),
    )


def joined(head: GatePolicy, base: GatePolicy | None) -> GatePolicy:
    """Head's policy, where it does not take away from base's.

    A check that a change removes or relaxes still judges that change; from the next one on it is
    gone, and the report of this one says so.
    """
    if base is None:
        return head
    before = {check.name: check for check in base.checks}
    head = head._replace(before=before, stood=base.waivers)
    if base.digest == head.digest:
        return head
    now = {check.name for check in head.checks}
    checks: list[Check] = []
    notes = list(base.notes if base.digest == UNREADABLE else ())
    notes += [
        f"settings changed: {key} = {head.gate[name]!r}, from the shared settings {whose}"
        for key, whose in head.origins.items()
        if (name := key.removeprefix("gate.")) in head.gate and head.gate[name] != base.gate.get(name)
    ]
    for check in head.checks:
        strict, relaxed = _as_strict(check, before.get(check.name, check))
        checks.append(strict)
        notes += [
            f"settings changed: check {check.name} is relaxed {how}; it judges this change as before" for how in relaxed
        ]
    for check in base.checks:
        if check.name not in now:
            notes.append(f"settings changed: check {check.name} is removed; it still judges this change")
            checks.append(check)
    for check in head.checks:
        old = before.get(check.name, check)
        if old.tool != check.tool:
            notes.append(f"settings changed: check {check.name} runs {check.tool}; {old.tool} still judges this change")
            checks.append(old._replace(name=f"{old.name}-before"))
    gate = head.gate
    if gate.get("actor") == "person" != base.gate.get("actor", "person"):
        notes.append("settings changed: gate.actor is relaxed to person; this change is judged as before")
        gate = {**gate, "actor": base.gate["actor"]}
    if base.gate.get("strict") and not gate.get("strict"):
        notes.append("settings changed: gate.strict is taken away; the hooks that are installed stay")
    return head._replace(
        checks=tuple(checks), notes=(*head.notes, *notes), gate=gate, digest=digest(head.digest, base.digest)
    )


def _as_strict(check: Check, old: Check) -> tuple[Check, list[str]]:
    """A check that looks for all that it looked for before, and in what it was relaxed."""
    relaxed = []
    if _STRICTNESS[old.policy] > _STRICTNESS[check.policy]:
        relaxed.append(f"from {old.policy} to {check.policy}")
        check = check._replace(policy=old.policy)
    if TIERS.index(old.tier) < TIERS.index(check.tier):
        relaxed.append(f"from tier {old.tier} to {check.tier}")
        check = check._replace(tier=old.tier)
    if old.tool != check.tool:
        return check, relaxed
    options = _options_as_strict(check.options, old.options)
    # `pack` and `fast` are what the names in `rules` stand for, and the rules of shared settings.
    relaxed += [f"in `{key}`" for key in options if key not in ("pack", "fast")]
    relaxed += ["in its shared rules"] if "pack" in options and "rules" not in options else []
    return check._replace(options={**check.options, **options}) if options else check, relaxed


def _options_as_strict(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a check that let more through than before, with what they have to be not to."""
    strict: dict[str, Any] = {}
    for key in ("rules", "pack", "fast"):
        missing = [row for row in old.get(key, ()) if row not in new.get(key, ())]
        if missing:
            strict[key] = [*new.get(key, ()), *missing]
    if any(glob not in old.get("exclude", ()) for glob in new.get("exclude", ())):
        strict["exclude"] = [glob for glob in new["exclude"] if glob in old.get("exclude", ())]
    if new.get("files") and any(glob not in new["files"] for glob in old.get("files") or ("**",)):
        strict["files"] = [*new["files"], *old["files"]] if old.get("files") else []
    if any(rule not in old.get("show", ()) for rule in new.get("show", ())):
        strict["show"] = [rule for rule in new["show"] if rule in old.get("show", ())]
    if any(rule not in new.get("block", ()) for rule in old.get("block", ())):
        strict["block"] = [*new.get("block", ()), *(rule for rule in old["block"] if rule not in new.get("block", ()))]
    if _TOUCHED[old.get("touched", "")] > _TOUCHED[new.get("touched", "")]:
        strict["touched"] = old.get("touched", "")
    if "max_kib" in old and new.get("max_kib", 0) > old["max_kib"]:
        strict["max_kib"] = old["max_kib"]
    return strict
