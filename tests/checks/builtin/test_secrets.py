from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest

from qualitygate.checks.builtin import secrets
from qualitygate.checks.builtin.secret_kinds import KINDS, Kind

# Everything below is put together when it runs: no line of this file has the form of a secret.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
BASE32 = LETTERS[:26] + "234567"


def noise(length: int, alphabet: str = LETTERS + DIGITS) -> str:
    return "".join(random.Random(length).choices(alphabet, k=length - 1)) + "7" * (DIGITS[7] in alphabet) or "q"


def found(tmp_path: Path, text: str) -> list[tuple[str, int]]:
    (tmp_path / "file").write_text(text)
    report = secrets.look(os.fspath(tmp_path), ("file",), {})
    assert report.reason == ""
    return [(finding.rule.removeprefix("secrets:"), finding.line) for finding in report.findings]


SECRETS = {
    "aws-access-key": "AK" + "IA" + noise(16, BASE32),
    "aws-secret-key": "aws_" + "secret_access_key = " + noise(40),
    "github-token": "gh" + "p_" + noise(36),
    "gitlab-token": "gl" + "pat-" + noise(20),
    "slack-token": "xo" + "xb-271828182845-" + noise(24),
    "slack-webhook": "https://hooks."
    + "slack.com/services/T"
    + noise(9, BASE32)
    + "/B"
    + noise(9, BASE32)
    + "/"
    + noise(24),
    "stripe-key": "sk" + "_live_" + noise(24),
    "google-api-key": "AI" + "za" + noise(35),
    "private-key": "-----BEGIN RSA " + "PRIVATE KEY-----\n" + noise(64) + "\n",
    "jwt": "ey" + "J" + noise(30) + ".ey" + "J" + noise(40) + "." + noise(43),
    "npm-token": "np" + "m_" + noise(36),
    "pypi-token": "py" + "pi-AgE" + noise(80),
    "sendgrid-key": "S" + "G." + noise(22) + "." + noise(43),
    "openai-key": "s" + "k-proj-" + noise(60),
    "anthropic-key": "s" + "k-ant-api03-" + noise(93),
    "hugging-face-token": "h" + "f_" + noise(35, LETTERS),
    "azure-storage-key": "Account" + "Key=" + noise(86) + "==",
    "url-password": "postgresql+asyncpg://me:" + noise(12) + "@db.company.io:5432/app",
    "password": "pass" + 'word = "' + noise(20) + '"',
}


def test_every_kind_is_tried() -> None:
    assert set(SECRETS) == {kind.rule for kind in KINDS}


@pytest.mark.parametrize("rule", SECRETS)
def test_secret_is_found_and_not_repeated(tmp_path: Path, rule: str) -> None:
    secret = SECRETS[rule]
    (tmp_path / "file.txt").write_text(f"first line\nkey: {secret}\n")
    (finding,) = secrets.look(os.fspath(tmp_path), ("file.txt",), {}).findings
    assert (finding.rule, finding.line) == (f"secrets:{rule}", 2)
    for length in range(8, len(secret)):
        assert secret[-length:] not in finding.message
    assert "characters" in finding.message


@pytest.mark.parametrize(
    "text",
    (
        "AK" + "IA" + "IOSFODNN7EXAMPLE",
        "AK" + "IA" + "A" * 16,
        "gh" + "p_" + "x" * 36,
        "gh" + "p_" + noise(12),
        "xo" + "xb-your-token-here",
        "sk" + "_test_" + noise(24),
        "-----BEGIN " + "PRIVATE KEY-----",
        "-----BEGIN ENCRYPTED " + "PRIVATE KEY-----\n" + noise(64),
        "-----BEGIN RSA " + "PRIVATE KEY-----\n...\n",
        'if "-----BEGIN RSA ' + 'PRIVATE KEY-----" in text:\n    return text',
        "postgresql://postgres:" + "postgres@localhost:5432/db",
        "postgresql://user:" + noise(12) + "@db:5432/app",
        "postgresql://user:" + noise(12) + "@example.com/app",
        "postgresql://user:" + "${DB_PASSWORD}@db.company.io/app",
        "postgresql://user:" + "$DB_PASSWORD@db.company.io/app",
        "https://company.io:8080/a@b.c",
        "pass" + 'word = "changeme1234"',
        "pass" + 'word = "<your password>"',
        "pass" + 'word = "${PASSWORD_42}"',
        "pass" + 'word = "{{ vault_key_9 }}"',
        "pass" + 'word = os.environ["APP_KEY_2"]',
        "pass" + 'word_url = "https://company.io/reset/v1"',
        "sec" + 'ret_name = "production-db-credentials2"',
        "api_" + 'key: "MY_API_KEY_NAME_2"',
        "to" + 'ken = "2024-01-02T03:04:05Z"',
        "TO" + "KEN=$(get-it --now 12345)",
        "API_" + "KEY=",
        "",
    ),
)
def test_placeholders_are_no_secrets(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text + "\n") == []


@pytest.mark.parametrize(
    ("text", "rules"),
    (
        ("export API_" + "KEY=" + noise(24), ["password"]),
        ("pass" + 'word: "' + SECRETS["stripe-key"] + '"', ["stripe-key"]),
        ('"client_' + "sec" + 'ret": "' + noise(24) + '"', ["password"]),
        ("config['sec" + "ret_key'] = '" + noise(24) + "'", ["password"]),
        (SECRETS["npm-token"] + " " + SECRETS["stripe-key"], ["npm-token", "stripe-key"]),
    ),
)
def test_forms(tmp_path: Path, text: str, rules: list[str]) -> None:
    assert [rule for rule, _ in found(tmp_path, text + "\n")] == rules


def test_a_key_spans_its_lines(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("\n" + SECRETS["private-key"])
    (finding,) = secrets.look(os.fspath(tmp_path), ("key.pem",), {}).findings
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (2, 1, 3, 65)


def test_binary_files_are_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0" + SECRETS["npm-token"].encode())
    report = secrets.look(os.fspath(tmp_path), ("a.bin",), {})
    assert (report.findings, report.looked_at) == ((), 0)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.rule))
def test_table(kind: Kind) -> None:
    assert re.fullmatch(r"[a-z-]+", kind.rule)
    assert kind.keywords and all(keyword == keyword.lower() for keyword in kind.keywords)
    # A message may begin with a prefix that everyone knows, and with no part of a password.
    assert kind.shown == 0 or kind.random
    assert re.compile(kind.pattern).search(b"") is None
