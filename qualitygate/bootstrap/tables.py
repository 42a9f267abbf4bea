"""Tables added to TOML and INI files: at the end, with every other byte as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualitygate.bootstrap.blocks import check_text, line_end
from qualitygate.config import parse_toml
from qualitygate.errors import ConfigError

_BOM = b"\xef\xbb\xbf"
_WIDTH = 100

Values = Mapping[str, "str | int | bool | Sequence[str] | Mapping[str, Any]"]
"""The keys of a table; a mapping is a table below it."""


def add_toml_table(
    data: bytes | None, dotted: str, values: Values, *, comment: str = "", file: str = "the file"
) -> bytes:
    """The file with the table `dotted` (`tool.ruff.lint`; empty: the top of a new file) added at its end.

    Raises ConfigError when the table, or one of its keys, is there, and when the file is not TOML.
    """
    data = data or b""
    before = parse_toml(data, file=file)
    ours = nested(dotted, values)
    if clash := _clash(before, ours):
        raise _there(file, clash)
    if not dotted and before:
        raise _there(file, "its top level")
    text = _render(dotted, values, comment)
    after = _appended(data, text)
    try:
        same = parse_toml(after, file=file) == merged(before, ours)
    except ConfigError:
        same = False
    if not same:
        raise _there(file, dotted)
    return after


def _there(file: str, what: str) -> ConfigError:
    return ConfigError(f"{file}: {what}: is there already", hint="its settings are kept; nothing was written")


def _appended(data: bytes, text: str) -> bytes:
    eol = line_end(data)
    added = text.encode("utf-8").replace(b"\n", eol)
    if not data.strip() or data == _BOM:
        return data + added
    if data.endswith(b"\n"):
        blank = data.endswith((b"\n\n", b"\n\r\n"))
        return data + (b"" if blank else eol) + added
    # Without a final newline before, without one after.
    return data + eol + eol + added[: -len(eol)]


def nested(dotted: str, values: Values) -> dict[str, Any]:
    """The values under their table's name, as the parser returns them."""
    found: dict[str, Any] = _plain(values)
    for part in reversed(dotted.split(".") if dotted else []):
        found = {part: found}
    return found


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _plain(value) if isinstance(value, Mapping) else list(value) if isinstance(value, (list, tuple)) else value
        for key, value in values.items()
    }


def merged(before: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Both tables as one; where both have a value, ours."""
    found = dict(before)
    for key, value in ours.items():
        old = found.get(key)
        found[key] = merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return found


def _clash(before: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    for key, value in ours.items():
        if key not in before:
            continue
        old = before[key]
        if not (isinstance(old, dict) and isinstance(value, dict)):
            return key
        if not value:
            return key
        if below := _clash(old, value):
            return f"{key}.{below}"
    return ""


def _render(dotted: str, values: Values, comment: str) -> str:
    import tomlkit

    said = "".join(f"# {line}\n" for line in comment.splitlines())
    table = tomlkit.document()
    if not dotted:
        for key, value in values.items():
            table.add(key, _item(value))
        return said + tomlkit.dumps(table)
    # Only the innermost table gets a header: the outer ones exist by being named.
    inner = tomlkit.table()
    for key, value in values.items():
        inner.add(key, _item(value))
    outer: Any = inner
    for part in reversed(dotted.split(".")[1:]):
        holder = tomlkit.table(is_super_table=True)
        holder.add(part, outer)
        outer = holder
    table.add(dotted.split(".")[0], outer)
    return said + tomlkit.dumps(table)


def _item(value: Any) -> Any:
    import tomlkit

    if isinstance(value, Mapping):
        table = tomlkit.table()
        for key, below in value.items():
            table.add(key, _item(below))
        return table
    if isinstance(value, (list, tuple)):
        return _array([str(item) for item in value])
    return tomlkit.item(value)


def _array(items: list[str]) -> Any:
    import tomlkit

    array = tomlkit.array()
    if sum(len(item) + 4 for item in items) <= _WIDTH:
        array.extend(items)
        return array
    row: list[str] = []
    for item in items:
        if row and sum(len(i) + 4 for i in row) + len(item) > _WIDTH:
            array.add_line(*row)
            row = []
        row.append(item)
    array.add_line(*row)
    array.add_line(indent="")
    return array


def add_ini_section(data: bytes | None, section: str, values: Mapping[str, str], *, file: str = "the file") -> bytes:
    """The INI file with one section added at its end; raises ConfigError when it is there."""
    import configparser

    data = data or b""
    check_text(data, file=file)
    text = "".join([f"[{section}]\n", *(f"{key} = {value}\n" for key, value in values.items())])
    after = _appended(data, text)
    try:
        before, parsed = configparser.RawConfigParser(), configparser.RawConfigParser()
        before.read_string(data.decode("utf-8-sig"))
        parsed.read_string(after.decode("utf-8-sig"))
    except (configparser.Error, UnicodeDecodeError) as exc:
        if isinstance(exc, configparser.DuplicateSectionError) and exc.section == section:
            raise _there(file, f"[{section}]") from None
        raise ConfigError(f"{file}: {str(exc).splitlines()[0]}", hint="mend the file first") from None
    if dict(parsed[section]) != dict(before.defaults(), **{key.lower(): value for key, value in values.items()}):
        raise ConfigError(f"{file}: [{section}] cannot be added", hint="add the section by hand")
    return after


def added(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What `after` has that `before` has not."""
    found = {}
    for key, value in after.items():
        old = before.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            if below := added(old, value):
                found[key] = below
        elif value != old:
            found[key] = value
    return found
