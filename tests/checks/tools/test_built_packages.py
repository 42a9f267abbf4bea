from __future__ import annotations

import json

import pytest

from qualitygate.checks.tools import built_packages, tsconfig

SETTINGS = {"compilerOptions": {"rootDir": "src", "outDir": "dist"}, "references": [{"path": "../core"}]}


def sources(manifest: object, settings: object = SETTINGS, *files: str) -> dict[str, tuple[str, ...]]:
    tree = {"core/package.json": json.dumps(manifest), "core/tsconfig.json": json.dumps(settings)}
    tree |= dict.fromkeys(files or ("core/src/index.ts", "core/src/tax.tsx"), "")

    def read(path: str) -> bytes | None:
        return tree[path].encode() if path in tree else None

    project = tsconfig.load(read, "core/tsconfig.json")
    assert project is not None
    return built_packages.sources(read, [project])


@pytest.mark.parametrize(
    "entry",
    (
        {"main": "dist/index.js"},
        {"main": "./gone.js", "types": "./dist/index.d.ts"},
        {"exports": "./dist/index.js"},
        {"exports": {"import": "./dist/index.mjs"}},
        {"exports": {".": {"require": {"types": "./dist/index.d.cts"}, "default": "./dist/index.js"}}},
        {"exports": {".": {"default": "./dist/other.js", "types": "./dist/index.d.ts"}}},
    ),
)
def test_a_package_that_is_built_first_is_led_to_its_sources(entry: dict[str, object]) -> None:
    assert sources({"name": "@acme/core", **entry}) == {"@acme/core": ("core/src/index.ts",)}


def test_parts_of_a_package_and_patterns_are_led_there_too() -> None:
    found = sources({"name": "core", "exports": {"./tax": "./dist/tax.js", "./*": {"types": "./dist/*.d.ts"}}})
    assert found["core/tax"] == ("core/src/tax.tsx",)
    assert found["core/*"][:2] == ("core/src/*.ts", "core/src/*.tsx")


@pytest.mark.parametrize(
    ("manifest", "settings"),
    (
        ({"name": "core", "exports": "./src/index.ts"}, SETTINGS),
        ({"name": "core", "exports": "./dist/nowhere.js"}, SETTINGS),
        ({"name": "core", "main": "dist/index.js"}, {"compilerOptions": {}}),
        ({"name": 1, "main": "dist/index.js"}, SETTINGS),
        ({"name": "core", "exports": {"import": ["./dist/index.js"]}}, SETTINGS),
        ({"main": "dist/index.js"}, {"compilerOptions": []}),
    ),
)
def test_what_is_not_built_to_that_place_is_left_to_the_compiler(manifest: object, settings: object) -> None:
    assert sources(manifest, settings) == {}
