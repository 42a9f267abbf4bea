"""What checks share that run through Maven: the goals as the project has set them up, offline, and what it says."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from qualitygate.checks.tool import Command, Request
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.errors import ToolError
from qualitygate.frozen import NamedTuple
from qualitygate.model import Report
from qualitygate.process import Output

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

CONFIG_FILES = ("pom.xml", ".mvn/")
_EXECUTED = ("pom.xml", ".mvn/extensions.xml", ".mvn/maven.config", ".mvn/jvm.config")
_FAILED = re.compile(r"^\[ERROR\] Failed to execute goal (\S+?):([^:\s]+) .*? on project (\S+): (.*)", re.MULTILINE)
_OFFLINE = ("offline mode", "Non-resolvable", "Could not resolve", "PluginResolution")


class Plugin(NamedTuple):
    """A plugin of Maven, the goal of it that checks, and how the message begins with which it fails for findings."""

    group: str
    artifact: str
    goal: str
    fails: str


def wants(path: str) -> bool:
    """Java, as most of these plugins look at nothing else."""
    return path.endswith(".java")


def executes(read: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Files whose plugins and extensions Maven loads."""
    return tuple(path for path in _EXECUTED if read(path) is not None)


def command(request: Request, plugin: Plugin, *flags: str) -> Command:
    """The goal in each execution that the project has of it, in all modules. Raises ToolError where there is none."""
    goals = [f"{plugin.group}:{plugin.artifact}:{plugin.goal}@{name}" for name in _executions(request.root, plugin)]
    argv = (request.executable, "--batch-mode", "--offline", "--fail-never", "-Dstyle.color=never", *flags)
    return Command((*argv, *goals), {"MAVEN_ARGS": "", "MAVEN_OPTS": ""})


def _executions(root: str, plugin: Plugin) -> list[str]:
    from xml.etree import ElementTree  # only a run needs it

    try:
        pom = ElementTree.parse(os.path.join(root, "pom.xml")).getroot()
    except (OSError, ElementTree.ParseError) as exc:
        raise ToolError(f"cannot read pom.xml: {exc}", hint="name the folder of the project as `root`") from None
    found = [one for one in pom.iter() if _tag(one) == "plugin" and _child(one, "artifactId") == plugin.artifact]
    runs = [run for one in found for run in one.iter() if _tag(run) == "execution" and plugin.goal in _goals(run)]
    if not found:
        raise ToolError(f"pom.xml does not name {plugin.artifact}", hint="set it up there first, or remove the check")
    # Without an execution, what stands beside the plugin holds for the goal when it is called by name.
    return list(dict.fromkeys(_child(run, "id") or "default" for run in runs)) or ["default-cli"]


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: Element, name: str) -> str:
    return next((one.text or "" for one in element if _tag(one) == name), "").strip()


def _goals(run: Element) -> list[str]:
    return [(one.text or "").strip() for one in run.iter() if _tag(one) == "goal"]


class Failure(NamedTuple):
    """A module in which the goal failed for its findings, and the lines that say which."""

    module: str
    lines: tuple[str, ...]


def failures(output: Output, plugin: Plugin) -> list[Failure] | Report:
    """Where the goal failed for its findings; a report with a reason if anything else went wrong."""
    # It is told never to fail, as a module that does takes those that need it along.
    if reason := why_incomplete(output, (0, 1)):
        return Report((), 0, reason)
    text = output.stdout.decode("utf-8", "replace")
    found = list(_FAILED.finditer(text))
    other = [match for match in found if plugin.artifact not in match[1] or plugin.fails not in match[4]]
    ended = ("Build failures were ignored" if found else "BUILD SUCCESS") in text
    ran = re.findall(rf"^\[INFO\] --- \S+:{plugin.goal} \((\S+)\)", text, re.MULTILINE)
    if output.code != 0 or other or not ended or not ran:
        return Report((), 0, _why(other[0][4] if other else text))
    if found and len(set(ran)) > 1:
        return Report((), 0, f"{found[0][3]} fails in one of {len(set(ran))} executions, and later ones did not run")
    return [Failure(match[3], tuple(_body(text[match.end() :]))) for match in found]


def _body(text: str) -> Iterator[str]:
    for line in text.splitlines()[1:]:
        if not line.startswith("[ERROR]") or line.startswith("[ERROR] Failed to execute goal"):
            return
        yield line.removeprefix("[ERROR]").removeprefix(" ")


def _why(text: str) -> str:
    errors = "\n".join(line for line in text.splitlines() if "ERROR" in line or "FATAL" in line) or text
    way = "; `mvn dependency:go-offline` fetches what is missing" if any(word in text for word in _OFFLINE) else ""
    return f"Maven did not come to an end: {complaint(errors.encode())}{way}"
