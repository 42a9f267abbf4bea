from __future__ import annotations

import pytest

from qualitygate.errors import ConfigError
from qualitygate.sharing.address import Address, parse

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("text", "kind", "place", "rev", "file", "name"),
    [
        ("../shared/gate.toml", "path", "../shared", "", "gate.toml", "shared"),
        ("team/strict.toml", "path", "team", "", "strict.toml", "strict"),
        ("gate.toml", "path", ".", "", "gate.toml", "shared"),
        ("git+https://host/org/gate@v1.4.0", "git", "https://host/org/gate", "v1.4.0", "gate.toml", "gate"),
        ("git+https://host/org/acme.git@v1#py/strict.toml", "git", "https://host/org/acme.git", "v1", "py/strict.toml",
         "acme-strict"),
        (f"git+ssh://git@host/org/gate@{COMMIT}", "git", "ssh://git@host/org/gate", COMMIT, "gate.toml", "gate"),
        ("git+https://host/org/gate@release/2", "git", "https://host/org/gate", "release/2", "gate.toml", "gate"),
        ("git+../gate@v1", "git", "../gate", "v1", "gate.toml", "gate"),
        ("git+file:///srv/Gate@v1", "git", "file:///srv/Gate", "v1", "gate.toml", "gate"),
        ("pkg:acme-gate==1.4.0#acme/gate.toml", "package", "acme-gate", "1.4.0", "acme/gate.toml", "acme-gate"),
    ],
)  # fmt: skip
def test_what_is_understood(text: str, kind: str, place: str, rev: str, file: str, name: str) -> None:
    found = parse(text, "f: extend")
    assert (found.kind, found.place, found.rev, found.file, found.name) == (kind, place, rev, file, name)
    assert found.is_commit == (rev == COMMIT)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must name a file that ends in `.toml`"),
        ("/etc/gate.toml", "must be relative"),
        ("~/gate.toml", "is not a source"),
        ("..\\gate.toml", "is not a source"),
        ("https://host/org/gate", "is not a source"),
        ("gate.toml#other.toml", "is not a source"),
        ("folder", "must name a file that ends in `.toml`"),
        ("git+https://host/org/gate", "names no revision"),
        ("git+ssh://git@host/org/gate", "names no revision"),
        ("git+https://host/org/gate@", "names no revision"),
        ("git+https://host/org/gate@--upload-pack=x", "names no revision"),
        ("git+https://host/org/gate@a..b", "names no revision"),
        ("git+ext::sh -c touch% /tmp/x@v1", "is not a URL"),
        ("git+ext://sh/x@v1", "only https, ssh, file can be fetched"),
        ("git+http://host/gate@v1", "only https, ssh, file can be fetched"),
        ("git+git://host/gate@v1", "only https, ssh, file can be fetched"),
        ("git+ssh://-oProxyCommand=x/gate@v1", "only https, ssh, file can be fetched"),
        ("git+--upload-pack=x@v1", "is not a URL"),
        ("git+https://host/gate@v1#../gate.toml", "is not a source"),
        ("git+https://host/gate@v1#/gate.toml", "is not a source"),
        ("pkg:acme-gate#gate.toml", "names no exact version and file"),
        ("pkg:acme-gate>=1#gate.toml", "names no exact version and file"),
        ("pkg:acme-gate==1.0", "names no exact version and file"),
        ("\x1b[31mgate.toml", "is not a source"),
    ],
)
def test_what_is_refused_is_named_with_a_remedy(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text, "f: extend")
    assert caught.value.message.startswith("f: extend: ") and said in caught.value.message
    assert caught.value.hint and "\x1b" not in caught.value.message


def test_a_token_in_a_url_is_refused_and_not_repeated() -> None:
    for user in ("t0ken", "me:t0ken"):
        with pytest.raises(ConfigError, match="holds credentials") as caught:
            parse(f"git+https://{user}@host/org/gate@v1", "f: extend")
        assert "t0ken" not in caught.value.message + caught.value.hint


def test_a_name_is_always_one_folder() -> None:
    for place in ("../..", "https://host/..", "https://host/.git", "https://host/%2e%2e/Ä"):
        assert "/" not in Address("", "git", place, "v1", "gate.toml").name
        assert not Address("", "git", place, "v1", "gate.toml").name.startswith(".")
