"""The report as JUnit XML: a suite per check, a test case per finding, for CI systems that show tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualitygate.model import CheckResult, Verdict
from qualitygate.quote import clean
from qualitygate.reporters import summary

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MESSAGE = 2000


def render(verdict: Verdict) -> str:
    """One XML document in ASCII, ending in a line break.

    What blocks is a failure; what could not be decided is an error, and so is a run in which nothing ran.
    """
    from xml.etree import ElementTree

    suites = ElementTree.Element("testsuites", name="qualitygate")
    told = {row.check for row in verdict.checks}
    others = {f.check for f in verdict.blocking} - told
    for row in (*verdict.checks, *(CheckResult(c, "", "", 0, "failed", False, 0.0) for c in sorted(others))):
        _suite(suites, row, verdict)
    for check, reason in summary.undecided(verdict):
        if check not in told:
            _case(ElementTree.SubElement(suites, "testsuite", name=clean(check)), check, "verdict", error=reason)
    for suite in suites:
        _count(suite)
    _count(suites)
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, "unicode") + "\n"


def _suite(suites: Element, row: CheckResult, verdict: Verdict) -> None:
    from xml.etree import ElementTree

    suite = ElementTree.SubElement(suites, "testsuite", name=clean(row.check), time=f"{row.seconds:.3f}")
    blocking = [f for f in verdict.blocking if f.check == row.check]
    for finding in sorted(blocking, key=summary.place):
        where = f"{finding.path}:{finding.line}" if finding.line else finding.path
        fix = finding.fix and f"fix: {finding.fix}"
        text = "\n".join(filter(None, (finding.message, fix, verdict.fingerprint(finding))))
        _case(suite, row.check, f"{finding.rule} at {where}", failure=finding.message, text=text)
    if row.state == "undecided":
        _case(suite, row.check, "verdict", error=row.reason)
    elif row.state == "skipped":
        _case(suite, row.check, "verdict", skipped=row.reason)
    elif not blocking:
        _case(suite, row.check, f"nothing new in {summary.plural(row.files, row.unit)}")


def _case(suite: Element, check: str, name: str, text: str = "", **outcome: str) -> None:
    from xml.etree import ElementTree

    case = ElementTree.SubElement(suite, "testcase", classname=f"qualitygate.{clean(check)}", name=clean(name, 500))
    for kind, message in outcome.items():
        child = ElementTree.SubElement(case, kind, message=clean(message, _MESSAGE))
        child.text = "\n".join(clean(line, _MESSAGE) for line in text.splitlines()) or None


def _count(element: Element) -> None:
    cases = list(element.iter("testcase"))
    element.set("tests", str(len(cases)))
    for key, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(key, str(sum(case.find(kind) is not None for case in cases)))
