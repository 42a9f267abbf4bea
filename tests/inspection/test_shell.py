from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.inspection.meaning import kind_of, meaning
from qualitygate.inspection.shell import Line, is_noise, logical_lines


@pytest.mark.parametrize(
    ("command", "tools"),
    [
        ("ruff check .", ["ruff"]),
        ("ruff .", ["ruff"]),
        ("ruff --version", []),
        ("ruff format --check src", ["ruff format"]),
        ("${PREFIX}ruff check $FILES", ["ruff"]),
        ("venv/bin/mypy src", ["mypy"]),
        ("python -m mypy src", ["mypy"]),
        ("python3.11 -B -W error -m unittest discover -s tests", ["unittest"]),
        ("$(PYTHON) -m pytest", ["pytest"]),
        ("PYTHONPATH=. pytest -q", ["pytest"]),
        ("uv run --locked --group dev -- pytest -x", ["pytest"]),
        ('uv run --with "git+https://example.org/x" -- pytest', ["pytest"]),
        ("poetry run black --check .", ["black"]),
        ("uvx ruff format", ["ruff format"]),
        ("npx eslint .", ["eslint"]),
        ("./node_modules/.bin/prettier --check .", ["prettier"]),
        ("git ls-files '*.py' | xargs flake8", ["flake8"]),
        ("black . && isort . ; mypy src", ["black", "isort", "mypy"]),
        ("coverage run -a --source=lib -m pytest", ["coverage", "pytest"]),
        ("python -m coverage run -m unittest", ["coverage", "unittest"]),
        ("pytest --doctest-modules --nbval-lax", ["pytest", "doctest", "nbval"]),
        ("python setup.py test", ["unittest"]),
        ("python manage.py test", ["django test"]),
        ("uv run ./manage.py test", ["django test"]),
        ("./manage.py check --deploy", ["django check"]),
        ("python manage.py makemigrations --check --dry-run", ["django makemigrations"]),
        ("python manage.py makemigrations", []),
        ("python manage.py migrate", []),
        ("python app.py --smoke-test", ["own self-tests"]),
        ("python app.py --latest", []),
        ("bash -c 'ruff check . && mypy .'", ["ruff", "mypy"]),
        ("@ruff check .", ["ruff"]),
        ("if ! ruff check . ; then", ["ruff"]),
        ("pip install pytest ruff mypy", []),
        ("echo run pytest first", []),
        ("cargo clippy -- -D warnings", ["clippy"]),
        ("ty check", ["ty"]),
        ("hatch fmt --check", ["ruff"]),
        ("hatch run coverage run -m pytest", ["coverage", "pytest"]),
        ("{envpython} -m pytest {posargs}", ["pytest"]),
        ("{envpython} runtests.py", ["own test runner"]),
        ("ty server", []),
        ("docker compose exec web pytest", []),
        ("", []),
        ("pytest 'unbalanced", ["pytest"]),
    ],
)
def test_tools_of_a_command(command: str, tools: list[str]) -> None:
    assert [name for name, _ in meaning(command).tools] == tools


@pytest.mark.parametrize(
    ("command", "references"),
    [
        ("make lint test", ("make lint", "make test")),
        ("make", ("make",)),
        ("uv run tox run -e typing,style", ("tox -e typing", "tox -e style")),
        ("nox -s lint", ("nox -s lint",)),
        ("npm run lint", ("npm run lint",)),
        ("scripts/check", ("scripts/check",)),
        ("./scripts/check --all", ("scripts/check",)),
        ("bash scripts/check.sh", ("scripts/check.sh",)),
        ("nox --session=lint", ("nox -s lint",)),
        ("hatch run lint:all", ("hatch run lint:all",)),
        ("pdm run --venv x python a.py", ("a.py",)),
    ],
)
def test_entry_points_of_a_command(command: str, references: tuple[str, ...]) -> None:
    assert meaning(command).references == references


def test_tool_inside_a_here_document() -> None:
    script = 'python - <<\'PY\'\nimport sys\ncall([sys.executable, "-m", "pip", "install", "pyflakes"])\n'
    script += 'Popen([sys.executable, "-m", "pyflakes"])\nPY\necho done\n'
    first, last = logical_lines(script)
    assert [name for name, _ in meaning(first.text).tools] == ["pyflakes"]
    assert last == Line(5, "echo done")


def test_here_document_that_never_ends() -> None:
    (line,) = logical_lines("cat <<EOF\nruff check .\n")
    assert meaning(line.text).tools == ()


def test_continued_lines_and_comments() -> None:
    assert list(logical_lines("# no\n\npytest \\\n  -q \\\n  tests\nmypy")) == [
        Line(2, "pytest -q tests"),
        Line(5, "mypy"),
    ]


@pytest.mark.parametrize("text", ["set -ex", "export A=b", "fi", "A=b", "echo hello", "if [ -d venv ]; then"])
def test_noise(text: str) -> None:
    assert is_noise(text)


@pytest.mark.parametrize("text", ["cd src && pytest", "scripts/check", "pytest"])
def test_not_noise(text: str) -> None:
    assert not is_noise(text)


def test_kind_of_a_mixture() -> None:
    assert kind_of([("ruff", "lint"), ("mypy", "type")]) == "lint"
    assert kind_of([("mypy", "type")]) == "type"
    assert kind_of([("ruff", "lint"), ("pytest", "test")]) == "test"
    assert kind_of([("tox", "other")]) == "other"
    assert kind_of([]) == "other"


@given(st.text(alphabet="ab-/$(){}<>&|;'\"\\\n\t #=@!.pyruvnx", max_size=60))
def test_any_text_is_taken_apart(text: str) -> None:
    for line in logical_lines(text):
        meaning(line.text)
        is_noise(line.text)
