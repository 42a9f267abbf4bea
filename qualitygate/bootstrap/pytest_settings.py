"""Whether the project's tests can be a check here, and at which moment."""

from __future__ import annotations

import re

from qualitygate.checks.environment import installed
from qualitygate.checks.tool import Environment
from qualitygate.frozen import NamedTuple
from qualitygate.inspection.facts import Facts
from qualitygate.model import Finding, Report

COMMIT_SECONDS = 10.0
"""Tests that take longer than this run at the push: a commit is made too often to wait for them."""
PATIENCE = 300.0
"""Seconds that the first run of all tests may take."""

_FEW = 0.1
"""Share of tests that may need a service; without them the others still say something."""

_SERVICE = re.compile(
    r"ConnectionRefused|ConnectionError|Connection refused|could not connect|Name or service not known|gaierror"
    r"|Temporary failure in name resolution|Max retries exceeded|ConnectError|OperationalError|docker daemon"
)
_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '([\w.]+)'")


class PytestSettings(NamedTuple):
    """The tier, the evidence for it, and flags that leave out what cannot run on this machine."""

    tier: str
    evidence: str
    flags: tuple[str, ...] = ()


def unable(facts: Facts, environment: Environment | None, untrusted: str = "") -> str:
    """Why there is nothing to try; "" where tests can be run. `untrusted`: the environment that may not be used yet."""
    if not _named_by(facts) and not facts.test_roots:
        return "no tests in this repository"
    if environment is None:
        if untrusted:
            return (
                f"tests run in the project's environment; {untrusted} is used only after you agree: bootstrap --trust"
            )
        return (
            "tests run in the project's environment, and there is none to trust: "
            f"{_made(facts)}, then bootstrap with --trust"
        )
    if installed(environment, "pytest") is None and not _named_by(facts):
        return f"the project names neither pytest nor unittest, and {environment.prefix} has no pytest"
    if installed(environment, "pytest") is None:
        return (
            f"pytest is not installed in {environment.prefix}; install what the tests need there, then bootstrap again"
        )
    return ""


def _named_by(facts: Facts) -> bool:
    return any(fact.name in ("pytest", "unittest") for fact in facts.test_frameworks)


def _made(facts: Facts) -> str:
    """The command that makes the environment which this project's files describe."""
    files = {fact.name.removesuffix(" workspace"): fact.files for fact in facts.package_managers}
    if "uv" in files:
        return "uv sync"
    packages = ["pytest"]
    described = any("pyproject.toml" in found for found in files.values())
    packages += ["-e ."] if described or facts.build_system else []
    packages += ["-r requirements.txt"] if "requirements.txt" in files.get("pip", ()) else []
    return f"python -m venv .venv && .venv/bin/pip install {' '.join(packages)}"


def settle(report: Report, seconds: float) -> PytestSettings | str:
    """Decide from one run on HEAD: when they run, or why they cannot be a check."""
    if report.reason:
        return report.reason
    failed = [finding for finding in report.findings if finding.rule.endswith(":failed")]
    if missing := sorted({found[1] for f in failed if (found := _MODULE.search(f.message))}):
        return (
            f"tests need what the environment does not have: {', '.join(missing[:5])}; install it, then bootstrap again"
        )
    needing = [finding for finding in failed if _SERVICE.search(finding.message)]
    if len(needing) > _FEW * report.looked_at:
        return f"{len(needing)} of {report.looked_at} tests cannot reach a service, first {_named(needing[0])}"
    failed = [finding for finding in failed if finding not in needing]
    if len(failed) * 2 > report.looked_at:
        return f"{len(failed)} of {report.looked_at} tests fail on HEAD, first {_named(failed[0])}"
    flaky = len(report.findings) - len(failed) - len(needing)
    told = [f"{report.looked_at} tests in {seconds:.0f} s"]
    told += [f"{len(failed)} fail on HEAD and are tolerated"] if failed else []
    told += [f"{flaky} failed once and then passed"] if flaky else []
    told += [f"{len(needing)} left out: they cannot reach a service here"] if needing else []
    # Without parameters: the next one of the same test needs the service too.
    deselected = [f for f in needing if f.rule == "pytest:failed"]
    flags = dict.fromkeys(f"--deselect={f.path}::{f.name.split('[', 1)[0]}" for f in deselected)
    return PytestSettings("commit" if seconds < COMMIT_SECONDS else "push", "; ".join(told), tuple(flags))


def _named(finding: Finding) -> str:
    return f"{finding.path}: {finding.message}"
