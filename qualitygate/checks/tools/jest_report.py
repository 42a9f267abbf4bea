"""The report of Jest, which Vitest writes as well: JSON with a list of files, and of the tests in each."""

from __future__ import annotations

import json
from collections.abc import Iterator

from qualitygate.checks.tool import Request
from qualitygate.checks.tools import node_files, node_tests
from qualitygate.checks.tools.exits import complaint, why_incomplete
from qualitygate.model import Report
from qualitygate.process import Output

_RAN = ("passed", "failed")


def parse(tool: str, output: Output, request: Request, nothing: bytes) -> Report:
    """Tests that failed, and how many ran. `nothing` is what the runner prints where it finds no test.

    Exit codes: 0 all passed, 1 some failed or it could not run; the report tells which.
    """
    if reason := why_incomplete(output, (0, 1), request.root):
        return Report((), 0, f"{tool} did not finish, {reason}")
    if not output.report.strip():
        if nothing in output.stdout or nothing in output.stderr:
            return Report((), 0, f"{tool} found no test")
        crash = node_tests.crashed(tool, output, request)
        said = complaint(output.stderr or output.stdout, request.root)
        return crash or Report((), 0, f"{tool} left no report: {said}")
    try:
        cases = list(_cases(output.report, request))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as exc:
        return Report((), 0, f"{tool} left a report that cannot be read: {type(exc).__name__} {exc}")
    return node_tests.report_of(tool, cases, output, request)


def _cases(data: bytes, request: Request) -> Iterator[node_tests.Case]:
    said = json.loads(data)
    count = 0
    for suite in said["testResults"]:
        path = node_files.inside(str(suite["name"]), request.root)
        if not path:
            raise ValueError(f"a test of {suite['name']}, outside of the tree")
        for test in suite["assertionResults"]:
            status = str(test["status"])
            count += 1
            names: tuple[str, ...] = (*map(str, test["ancestorTitles"]), str(test["title"]))
            text = "\n".join(map(str, test.get("failureMessages") or ()))
            line = int((test.get("location") or {}).get("line") or 0)
            names = tuple(name for name in names if name)
            yield node_tests.Case(path, names, status == "failed", status in _RAN, text, line)
        broken = suite["status"] == "failed" and not any(t["status"] == "failed" for t in suite["assertionResults"])
        if broken:
            yield node_tests.Case(path, (), failed=True, ran=False, said=str(suite.get("message") or ""))
    if count != int(said["numTotalTests"]):
        raise ValueError(f"announced {said['numTotalTests']} tests, {count} of them are there")
