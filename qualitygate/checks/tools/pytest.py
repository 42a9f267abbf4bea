"""The project's own tests: a finding is a test that fails, twice, and that did not fail before."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

from qualitygate.checks.tool import Command, Environment, Reads, Request
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.errors import ToolError
from qualitygate.model import Finding, Outcome, Report
from qualitygate.process import Output

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

name = "pytest"
title = "pytest"
scope: Literal["tree", "lines"] = "tree"
reads: Reads = "tree"
config_files: tuple[str, ...] = ("pytest.ini", ".pytest.ini", "pytest.toml", "pyproject.toml", "tox.ini", "setup.cfg")
package = "pytest"
unit = "test"
writes_tree = True
shown_rules = ("pytest:flaky",)

FAILED, FLAKY = "pytest:failed", "pytest:flaky"
_FIX = "make the code right, or the test if it is the test that is wrong; alone it runs with `python -m pytest -k NAME`"
# A project's own settings may stop early, write elsewhere or fail for other reasons than a test; these come last.
_ALWAYS = ("--maxfail=0", "--continue-on-collection-errors", "--color=no", "-o", "junit_family=xunit1")
_SUITE = re.compile(rb"<testsuites?[\s/>]")
_CONFTEST = re.compile(r"ImportError while loading conftest '(.+)'")
_MESSAGE = 300
_COLLECTION = "collection"
_FEW = 100


def wants(path: str) -> bool:
    """Whether a test could read it: any file but prose, and what only the gate and its like read."""
    return (
        not path.endswith(".md")
        and not path.startswith((".github/", ".qualitygate/", ".claude/"))
        and path
        not in (
            "qualitygate.toml",
            ".pre-commit-config.yaml",
            ".gitignore",
        )
    )


def command(request: Request) -> Command:
    """All tests that pytest's own settings name, or `paths`; `flags` come before ours. Raises ToolError."""
    return _command(request, map(str, request.options.get("paths", ())))


def retry(request: Request, report: Report) -> Command | None:
    """Those that failed once more; None where so many did that chance is no explanation."""
    ids = [finding.path + (f"::{finding.name}" if finding.name != _COLLECTION else "") for finding in report.findings]
    return _command(request, ids) if len(ids) <= _FEW else None


def again(request: Request, tests: Sequence[Outcome]) -> Command:
    """These tests, or their files where they are many, or have no name."""
    ids = [f"{one.path}::{one.name}".removesuffix("::") for one in tests]
    return _command(request, ids if len(ids) <= _FEW else dict.fromkeys(one.path for one in tests))


def collection(request: Request) -> Command:
    """The same command, which then prints a line for each test that it would run."""
    asked = command(request)
    return asked._replace(argv=(*asked.argv, "--collect-only", "--verbosity=-1"))


def collected(output: Output, request: Request) -> tuple[Outcome, ...] | None:
    """The ids up to the first empty line; what conftest files print above them names no file of the tree."""
    if why_incomplete(output, (0, 1, 5)):
        return None
    known, found = frozenset(request.files), []
    for line in output.stdout.decode("utf-8", "replace").splitlines():
        path, _, own = line.partition("::")
        if own and path in known:
            found.append(Outcome(path, own, "passed"))
    return tuple(found) if found or output.code == 5 else None


def _command(request: Request, targets: Iterable[str]) -> Command:
    environment = request.environment
    if environment is None:
        raise ToolError(
            "tests run in the project's environment", hint='set `environment = "project"` for this check, and create it'
        )
    report = os.path.join(request.cache_dir, "report.xml")
    argv = [environment.python, "-m", "pytest", *map(str, request.options.get("flags", ()))]
    argv += [*_ALWAYS, f"--rootdir={request.root}", f"--junitxml={report}"]
    if _has(environment, "pytest_cov"):
        argv.append("--no-cov")
    settings = {
        "PYTEST_ADDOPTS": "",
        "PYTHONPYCACHEPREFIX": os.path.join(request.cache_dir, "compiled"),
        "PYTHONDONTWRITEBYTECODE": "",
        "VIRTUAL_ENV": environment.prefix,
        "PATH": os.pathsep.join((os.path.dirname(environment.python), os.environ.get("PATH", os.defpath))),
    }
    return Command((*argv, *targets), settings, report_file=report)


def _has(environment: Environment, module: str) -> bool:
    return any(os.path.isdir(os.path.join(folder, module)) for folder in environment.site_packages)


def parse(output: Output, request: Request) -> Report:
    """Tests that failed, and how many ran; read from the JUnit file (family xunit1), never from the text.

    Exit codes as pytest documents them: 0 passed, 1 failed, 5 none collected; no other is a whole run.
    """
    if broken := _broken_conftest(output, request):
        return Report((broken,), 0, f"no test ran: {broken.path} cannot be loaded")
    if output.code == 5:
        return Report((), 0, "pytest found no test", ())
    if reason := why_incomplete(output, (0, 1), request.root):
        return Report((), 0, f"pytest did not finish, {reason}")
    cases = _cases(output.report)
    if cases is None:
        return Report((), 0, f"pytest left no report that can be read: {complaint(output.stderr, request.root)}")
    ran = sum(case.find("skipped") is None for case in cases)
    findings = tuple(dict.fromkeys(finding for case in cases for finding in _findings(case, request)))
    if output.code == 1 and not findings:
        return Report((), ran, f"pytest failed, but no test did: {_last_line(output.stdout)}")
    return Report(findings, ran, "" if ran else "every test was skipped", _outcomes(cases, request))


def _outcomes(cases: Iterable[Element], request: Request) -> tuple[Outcome, ...]:
    """How each test fared, by the file in which it was collected: JUnit's `file` is where its function is defined."""
    modules = {path.removesuffix(".py").replace("/", "."): path for path in request.files}
    found = {}
    for case in cases:
        path, name = _collected_as(case, modules)
        skipped, state, said = case.find("skipped"), "passed", ""
        if case.find("failure") is not None or case.find("error") is not None:
            state = "failed"
        elif skipped is not None:
            state, said = "skipped", _why_skipped(skipped)
        # Of one that is told of twice (its teardown failed, or it ran anew) the last is what counts.
        found[path, name] = Outcome(path, name, cast("Any", state), said, int(case.get("line", "-1")) + 1)
    return tuple(found.values())


def _collected_as(case: Element, modules: Mapping[str, str]) -> tuple[str, str]:
    group, name = case.get("classname", ""), case.get("name", "")
    if not group:  # a module, skipped or broken as a whole
        return modules.get(name, case.get("file", "")), ""
    parts = group.split(".")
    for end in range(len(parts), 0, -1):
        path = modules.get(".".join(parts[:end]))
        if path is not None:
            return path, "::".join((*parts[end:], name))
    return case.get("file", ""), _own_name(case, case.get("file", ""))


def _why_skipped(skipped: Element) -> str:
    said = skipped.get("message", "")
    if said == "collection skipped":
        said = (skipped.text or "").rpartition("Skipped: ")[2].rstrip("')\"")
    kind = "xfail" if skipped.get("type") == "pytest.xfail" else "skipped"
    return f"{kind}: {' '.join(said.removeprefix('Skipped: ').split())[:_MESSAGE]}"


def settle(report: Report, output: Output, request: Request) -> Report:
    """The report, after those that failed ran once more: what passes then is flaky, and only shown."""
    again = parse(output, request)
    if again.reason or not again.looked_at:
        return report  # nothing was learned, so each failure stands
    failing = {(finding.path, finding.name) for finding in again.findings}
    return report._replace(
        findings=tuple(
            f if (f.path, f.name) in failing else f._replace(rule=FLAKY, message=f"failed, then passed: {f.message}")
            for f in report.findings
        )
    )


def _cases(data: bytes) -> list[Element] | None:
    if not _SUITE.search(data[:400]):
        return None
    from xml.etree import ElementTree

    try:
        return list(ElementTree.fromstring(data).iter("testcase"))
    except ElementTree.ParseError:
        return None


def _findings(case: Element, request: Request) -> Iterator[Finding]:
    problem = case.find("failure")
    problem = case.find("error") if problem is None else problem
    if problem is None:
        return
    path, said = case.get("file", ""), problem.text or ""
    own = _own_name(case, path)
    defined = int(case.get("line", "-1")) + 1  # pytest counts from 0
    line = next((int(n) for at, n in reversed(re.findall(r"(?m)^(\S+?):(\d+): ", said)) if at == path), defined)
    message = (problem.get("message") or said.strip() or "failed").strip().replace(f"{request.root}/", "")
    first = message.splitlines()[0] if own else _last_line(said.encode()).removeprefix("E ").strip()
    told = f"{own or 'cannot be collected'}: {first[:_MESSAGE]}"
    yield Finding(
        request.check, FAILED, path, max(line, 0), 0, max(line, 0), 0, told, fix=_FIX, name=own or _COLLECTION
    )


def _own_name(case: Element, path: str) -> str:
    """Classes and function within the file, `TestA::test_b[1]`; "" for a file that could not be collected."""
    group = case.get("classname", "")
    if not group:
        return ""
    module = path.removesuffix(".py").replace("/", ".")
    classes = group.removeprefix(module).strip(".").split(".") if group.startswith(module) else [group]
    return "::".join(filter(None, (*classes, case.get("name", ""))))


def _broken_conftest(output: Output, request: Request) -> Finding | None:
    text = output.stderr.decode("utf-8", "replace")
    found = _CONFTEST.search(text) if output.code == 4 else None
    if found is None:
        return None
    path = os.path.relpath(found[1], request.root)
    said = [line[2:].strip() for line in text.splitlines() if line.startswith("E ")]
    message = f"cannot be loaded: {said[-1][:_MESSAGE] if said else 'an import fails'}"
    return Finding(request.check, FAILED, path, 0, 0, 0, 0, message, fix=_FIX, name="conftest")


def _last_line(text: bytes) -> str:
    lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:_MESSAGE] if lines else "it printed nothing"
