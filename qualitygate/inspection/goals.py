"""What the goals of build programs are for: `mvn verify` tests, `gradle spotlessCheck` looks at the format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from qualitygate.inspection.ecosystems.node import BUILDERS
from qualitygate.inspection.facts import Call, Kind

_Rows = tuple[tuple[Kind, re.Pattern[str]], ...]


def _rows(**patterns: str) -> _Rows:
    kinds: tuple[Kind, ...] = ("lint", "format", "type", "test", "build")
    return tuple((kind, re.compile(patterns[kind])) for kind in kinds if kind in patterns)


_MAVEN = _rows(
    lint=r"checkstyle|pmd|spotbugs|enforcer|animal-sniffer|japicmp|rewrite|dependency:analyze",
    format=r"spotless|javaformat|^fmt:|formatter",
    test=r"^(?:test|verify|integration-test|install|package|deploy)$|surefire|failsafe|jacoco",
    build=r"^(?:compile|test-compile|process-classes)$",
)
_GRADLE = _rows(
    lint=r"[lL]int|checkstyle|pmd|spotbugs|detekt|apiCheck|dependencyGuard|animalsniffer",
    format=r"spotless|checkFormat|[kK]tfmt|ktlintFormat|[fF]ormat(?:Check)?$",
    test=r"(?:^|:)(?:check|build)$|[tT]ests?(?:$|[A-Z])|[vV]erify|kover",
    build=r"assemble|compile|(?:^|:)(?:jar|bundle|installDist|publishToMavenLocal)|Jar$",
)
_RAKE = _rows(
    lint=r"rubocop|lint|standard|brakeman", test=r"^(?:test|spec|features|cucumber|default)(?:$|:)", build=r"^build$"
)
# Programs by name, and what their words mean. The first kind that any word has counts.
_PROGRAMS: Mapping[str, _Rows] = {
    **dict.fromkeys(("mvn", "mvnw", "mvnd"), _MAVEN),
    **dict.fromkeys(("gradle", "gradlew"), _GRADLE),
    "rake": _RAKE,
    "sbt": _rows(
        lint=r"scalafix|wartremover|mima", format=r"scalafmt", test=r"^\+?test", build=r"^\+?(?:compile|package)"
    ),
    "meson": _rows(test=r"^test$", build=r"^(?:setup|compile)$"),
    "ninja": _rows(test=r"^(?:test|check)$", build=r""),
    "cmake": _rows(build=r"^"),
    "dotnet": _rows(build=r"^(?:build|publish|pack)$"),
    "msbuild": _rows(build=r"^"),
    "cargo": _rows(build=r"^(?:build|b)$"),
    "go": _rows(build=r"^(?:build|install)$"),
    "mix": _rows(lint=r"^credo", test=r"^test", build=r"^compile$"),
    "swift": _rows(test=r"^test$", build=r"^build$"),
    "flutter": _rows(lint=r"^analyze$", test=r"^test$", build=r"^build$"),
    "dart": _rows(lint=r"^analyze$", format=r"^format$", test=r"^test$", build=r"^compile$"),
    "bazel": _rows(test=r"^test$", build=r"^build$"),
    "deno": _rows(lint=r"^lint$", format=r"^fmt$", type=r"^check$", test=r"^test$"),
    **dict.fromkeys(("uv", "poetry", "hatch", "pdm", "flit"), _rows(build=r"^build$")),
    **dict.fromkeys(("gcc", "g++", "clang", "clang++", "cc", "javac", "kotlinc"), _rows(build=r"^")),
    "nx": _rows(lint=r"lint", format=r"format", type=r"typecheck|type-check", test=r"test|e2e", build=r"build"),
    "turbo": _rows(lint=r"lint", format=r"format", type=r"typecheck|type-check", test=r"test", build=r"build"),
    "lerna": _rows(lint=r"lint", type=r"typecheck", test=r"^test", build=r"build"),
}
# Programs that serve or do something else unless they are told to build.
_SERVERS = frozenset(
    (
        *("next", "nuxt", "nuxi", "react-scripts", "ng", "vue-cli-service", "astro", "remix", "gatsby", "docusaurus"),
        *("electron-vite", "expo", "vite", "parcel", "gulp", "grunt", "babel"),
    )
)
_RENAMED = {"mvnw": "mvn", "mvnd": "mvn", "gradlew": "gradle"}
# What a script of a package is for by its own name, where its command is no tool that anybody knows.
_NAMED = _rows(
    lint=r"^(?:lint|eslint|check:lint|lint-ci|analy[sz]e|stan|cs|phpstan)(?:$|[:-](?!fix))",
    format=r"^(?:format|fmt|prettier)(?:$|[:-])",
    type=r"^(?:type-?check|types|check-?types|tsc|type)(?:$|[:-])",
    test=r"^(?:tests?|unit|e2e|integration|test-ci|spec)(?:$|[:-](?!watch|debug|dev|ui|update|open))",
    build=r"^(?:build|compile|bundle)(?:$|[:-](?!watch|dev))",
)


def goal(name: str, words: Sequence[str]) -> Call | None:
    """What a build program would do, by the words after its name; None for a program that is none."""
    if name in BUILDERS and name not in _PROGRAMS:
        if name in _SERVERS and "build" not in words:
            return None
        watching = {"dev", "start", "serve", "watch", "--watch", "-w"}.intersection(words)
        return None if watching else Call(name, "build", tuple(words))
    rows = _PROGRAMS.get(name)
    plain = [w for w in words if not w.startswith("-")]
    if rows is None:
        return None
    if any(w in ("-DskipTests", "-Dmaven.test.skip=true", "-Dmaven.test.skip") for w in words):
        rows = tuple((kind if kind != "test" else "build", pattern) for kind, pattern in rows)
    for kind, pattern in rows:
        if any(pattern.search(w.rpartition(":")[2] if name.startswith("gradle") else w) for w in plain or [""]):
            return Call(_RENAMED.get(name, name), kind, tuple(words))
    return None


def kind_by_name(script: str) -> Kind:
    """What a script is for by its name alone."""
    return next((kind for kind, pattern in _NAMED if pattern.search(script)), "other")
