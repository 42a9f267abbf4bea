from __future__ import annotations

import os
from pathlib import Path

import pytest

from qualitygate.engines import syntax

WORKFLOW = """
on: push
jobs:
  test:
    runs-on: ${{ matrix.os }}
    if: ${{ github.ref == 'refs/heads/main' }}
    steps:
      - run: echo ${{ secrets.TOKEN }}
"""
TAGS = """
a: !Ref Thing
b: !Sub "${Thing}-x"
c: !!python/name:os.system
d: !GetAtt [A, B]
---
e: &anchor {f: 1}
g: *anchor
"""
# Nine levels of nine aliases each: nothing, unless somebody builds it.
BOMB = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))


@pytest.mark.parametrize(
    "text", ("", "a: 1\n", WORKFLOW, TAGS, BOMB, "%YAML 1.1\n---\na: yes\n", "- a\n-\n", '"{{ x }}": 1\n')
)
def test_yaml(text: str) -> None:
    assert syntax.yaml_fault(text) is None


@pytest.mark.parametrize(
    ("text", "line"),
    (
        ("a: b: c\n", 1),
        ("a:\n\tb: 1\n", 2),
        ("a: [1, 2\nb: 3\n", 2),
        ("a: 'open\n", 2),
        ("a: 1\n b: 2\n", 2),
        ("a: @x\n", 1),
        ("a: \x01\n", 1),
    ),
)
def test_yaml_fault(text: str, line: int) -> None:
    fault = syntax.yaml_fault(text)
    assert fault is not None
    assert fault.line == line
    assert fault.column >= 1
    assert fault.message


@pytest.mark.parametrize(
    ("text", "place"),
    (
        ("a = 1\n", None),
        ("", None),
        ('a = """\nb"""\r\nc = 1\r\n', None),
        ("a = 1\na = 2\n", (2, 6)),
        ("a = \n", (1, 5)),
        ("a = [1,\n", (1, 1)),
        ("[a\n", (1, 3)),
    ),
)
def test_toml(text: str, place: tuple[int, int] | None) -> None:
    fault = syntax.toml_fault(text)
    assert (fault and (fault.line, fault.column)) == place
    assert fault is None or "line" not in fault.message


@pytest.mark.parametrize(
    ("text", "place"),
    (
        ('{"a": [1, 2.5e3, null]}', None),
        ("7", None),
        ("1" * 5000, None),
        ("", (1, 1)),
        ('{"a": 1,\n}', (2, 1)),
        ("// a comment\n{}", (1, 1)),
        ("{'a': 1}", (1, 2)),
        ('{"a": NaN}', (1, 7)),
        ("{}\n{}\n", (2, 1)),
    ),
)
def test_json(text: str, place: tuple[int, int] | None) -> None:
    fault = syntax.json_fault(text)
    if text == '{"a": 1,\n}':  # the place of a trailing comma differs between versions of Python
        assert fault is not None and fault.line in (1, 2)
    else:
        assert (fault and (fault.line, fault.column)) == place


@pytest.mark.parametrize(
    ("path", "kind", "text", "looked", "faulty"),
    (
        ("a.yaml", "yaml", "{% if x %}\na: 1\n{% endif %}\n", False, False),
        ("a.yaml", "yaml", "a: {{ x }} y\n", False, False),
        ("a.yaml", "yaml", "a: 1\n{{- if .Values.x }}\nb: 1\n{{- end }}\n", False, False),
        ("a.toml", "toml", "[project]\n{% if x %}\na = 1\n{% endif %}\n", False, False),
        ("a.json", "json", '{"a": {{ x }}}', False, False),
        ("a.yaml", "yaml", 'a: "{{ x }}"\n', True, False),
        ("a.yaml", "yaml", 'a: "{{ x }}"\nb: c: d\n', True, True),
        ("a.yaml", "yaml", "if: ${{ x }}\nb: c: d\n", True, True),
        ("a.json", "json", '{"a": "{{ x }}",}', True, True),
        ("a.json", "json", '{{"a": 1}', True, True),
        ("{{ name }}/a.toml", "toml", "= =", False, False),
        ("chart/templates/a.yaml", "yaml", "a: b: c\n", False, False),
        ("chart/templates/deep/a.yaml", "yaml", "a: b: c\n", False, False),
        ("other/templates/a.yaml", "yaml", "a: b: c\n", True, True),
        ("chart/values.yaml", "yaml", "a: b: c\n", True, True),
        ("a.json", "json", "\ufeff{}", True, False),
        ("a.json", "json", "[" * 200_000, False, False),
        ("a.yaml", "yaml", "#" * (syntax.YAML_LIMIT + 1), False, False),
        ("a.yaml", "yaml", "a: \0", False, False),
    ),
)
def test_look(tmp_path: Path, path: str, kind: str, text: str, looked: bool, faulty: bool) -> None:
    (tmp_path / "chart").mkdir()
    (tmp_path / "chart" / "Chart.yaml").write_text("name: chart\n")
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text, encoding="utf-8")
    found, fault = syntax.look(os.fspath(tmp_path), path, kind)
    assert (found, fault is not None) == (looked, faulty)


def test_look_at_other_encodings_and_links(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\nb: caf\xe9\n")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    assert syntax.look(os.fspath(tmp_path), "a.yaml", "yaml") == (True, syntax.Fault(2, 7, "not UTF-8"))
    assert syntax.look(os.fspath(tmp_path), "b.yaml", "yaml") == (False, None)
