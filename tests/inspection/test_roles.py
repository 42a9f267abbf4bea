from __future__ import annotations

import pytest

from qualitygate.inspection.census import Look
from qualitygate.inspection.facts import Evidence
from qualitygate.inspection.roles import foreign_paths, roles_of


def roles(*paths: str) -> dict[str, str]:
    return dict(roles_of([Look(p, "Python" if p.endswith(".py") else "Markdown", 1) for p in paths])[0])


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("app.py", "source"),
        ("src/pkg/testing.py", "source"),
        ("src/pkg/a.py", "source"),
        ("src/pkg/tests/test_a.py", "test"),
        ("src/pkg/test_a.py", "test"),
        ("tests/helpers.py", "test"),
        ("tests.py", "test"),
        ("tests_api.py", "test"),
        ("conftest.py", "test"),
        ("contest.py", "source"),
        ("latest.py", "source"),
        ("examples/a.py", "example"),
        ("examples/test_a.py", "example"),
        ("docs/conf.py", "docs"),
        ("README.md", "docs"),
        ("setup.py", "script"),
        ("noxfile.py", "script"),
        ("scripts/release.py", "script"),
        ("backend/scripts/seed.py", "script"),
        ("tools/gen.py", "script"),
        ("thirdparty/six/six.py", "vendored"),
        ("pkg/_vendor/toml.py", "vendored"),
        ("versioneer.py", "vendored"),
        ("pkg/api_pb2.py", "generated"),
        ("app/migrations/0001_initial.py", "migration"),
        ("app/migrations/helpers.py", "source"),
        ("db/migrations/versions/ab12_add.py", "migration"),
    ],
)
def test_role_of_a_path(path: str, role: str) -> None:
    assert roles(path) == {path: role}


def test_package_called_tools_is_source() -> None:
    assert roles("tools/__init__.py", "tools/a.py") == {"tools/__init__.py": "source", "tools/a.py": "source"}


def test_test_library_inside_a_package_is_source() -> None:
    assert roles("pkg/__init__.py", "pkg/test/client.py")["pkg/test/client.py"] == "source"
    assert roles("pkg/__init__.py", "pkg/test/client.py", "pkg/test/test_x.py")["pkg/test/client.py"] == "test"


def test_alembic_environment_with_another_name() -> None:
    looks = [Look("db/script.py.mako", "", 1), Look("db/env.py", "Python", 1), Look("db/versions/a1.py", "Python", 1)]
    found, foreign = roles_of(looks)
    assert found == {"db/env.py": "migration", "db/versions/a1.py": "migration"}
    assert [f.name for f in foreign_paths(found, foreign, {k.path for k in looks}, ())] == ["db/versions"]


def test_header_says_generated() -> None:
    found, foreign = roles_of([Look("a.py", "Python", 1, generated=(2, "# @generated"))])
    assert found == {"a.py": "generated"}
    assert foreign["a.py"] == Evidence("a.py", 2, "# @generated")


def test_folder_is_named_only_where_all_of_it_is_foreign() -> None:
    names = {"gen/a_pb2.py", "gen/b_pb2.py", "mixed/a_pb2.py", "mixed/b.py"}
    found, foreign = roles_of([Look(p, "Python", 1) for p in sorted(names)])
    assert [f.name for f in foreign_paths(found, foreign, names, ())] == ["gen", "mixed/a_pb2.py"]


def test_data_files_have_no_role() -> None:
    assert roles_of([Look("a.json", "JSON", 1), Look("b.png", "", 0)])[0] == {}
