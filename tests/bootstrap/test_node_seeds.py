from __future__ import annotations

import pytest

from qualitygate.bootstrap.node_seeds import broken_modules, failing_tests
from tests.recorded import reader

FILES = {
    "src/price.js": "export const price = 1;\n",
    "src/rare.js": "export const rare = 1;\n",
    "test/a.test.js": 'import { price } from "../src/price";\nit("is", () => {});\n',
    "test/b.spec.ts": 'import { price } from "../src/price.js";\nimport "../src/rare.js";\ntest.skip("is", f);\n',
    "test/help.js": 'import "../src/rare.js";\n',
}


def test_a_failing_test_is_called_as_the_others_are() -> None:
    made = failing_tests(sorted(FILES), reader(FILES))
    assert sorted(made) == ["test/a.test.js", "test/b.spec.ts"]
    assert made["test/a.test.js"].endswith(
        b'it("is", () => {});\n\nit("qualitygate seed", () => {\n  throw new Error("qualitygate seed");\n});\n'
    )
    assert b'\ntest("qualitygate seed", ' in made["test/b.spec.ts"]


def test_what_most_tests_import_is_broken_first() -> None:
    made = list(broken_modules(sorted(FILES), reader(FILES)))
    assert [list(files) for files in made] == [["src/price.js"], ["src/rare.js"]]
    assert made[0]["src/price.js"].startswith(b"export const price = 1;\n\nthrow new Error")


@pytest.mark.parametrize("files", ({}, {"test/a.test.js": "nothing"}, {"src/a.js": 'it("x", () => {});\n'}))
def test_where_there_is_no_test_there_is_no_seed(files: dict[str, str]) -> None:
    assert failing_tests(sorted(files), reader(files)) == {}
    assert list(broken_modules(sorted(files), reader(files))) == []
