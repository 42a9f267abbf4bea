"""The kinds of secrets that are recognised by their form: a table."""

from __future__ import annotations

from qualitygate.frozen import NamedTuple


class Kind(NamedTuple):
    """One kind of secret.

    `keywords`: lower-case text of which a file must hold one before the pattern is tried. `pattern`:
    a regular expression over bytes; its group `secret`, or all of the match, is what must not be
    there. `shown`: how many characters of it a message may show (a public prefix, never a part of a
    password). `random`: made by a machine, so that few different characters mean a placeholder.
    """

    rule: str
    title: str
    keywords: tuple[bytes, ...]
    pattern: bytes
    shown: int = 4
    random: bool = True


_END = rb"(?![A-Za-z0-9_-])"
_START = rb"(?<![A-Za-z0-9_-])"

KINDS: tuple[Kind, ...] = (
    Kind(
        "aws-access-key",
        "AWS access key id",
        (b"akia", b"asia"),
        rb"(?<![A-Za-z0-9/+])A[KS]IA[A-Z2-7]{16}(?![A-Za-z0-9/+=])",
    ),
    Kind(
        "aws-secret-key",
        "AWS secret access key",
        (b"aws",),
        rb"(?i:aws[\w.-]{0,24}?(?:secret|key))[\w.-]{0,24}[\"']?\s{0,8}[:=]\s{0,8}[\"']?"
        rb"(?P<secret>(?=[^\s]{0,39}\d)[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        shown=0,
    ),
    Kind(
        "github-token",
        "GitHub token",
        (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
        _START + rb"(?:gh[opusr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})" + _END,
    ),
    Kind("gitlab-token", "GitLab token", (b"glpat-",), _START + rb"glpat-[A-Za-z0-9_-]{20,64}" + _END),
    Kind(
        "slack-token",
        "Slack token",
        (b"xoxb-", b"xoxp-", b"xoxa-", b"xoxe-", b"xoxr-", b"xoxs-"),
        _START + rb"xox[abeprs]-(?:\d{6,14}-){1,3}[A-Za-z0-9]{16,64}" + _END,
    ),
    Kind(
        "slack-webhook",
        "Slack webhook",
        (b"hooks.slack.com",),
        rb"https://hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[A-Z0-9]{8,14}/[A-Z0-9]{8,14}/[A-Za-z0-9]{16,48})",
        shown=0,
    ),
    Kind("stripe-key", "Stripe live key", (b"k_live_",), _START + rb"[sr]k_live_[A-Za-z0-9]{20,128}" + _END),
    Kind("google-api-key", "Google API key", (b"aiza",), _START + rb"AIza[A-Za-z0-9_-]{35}" + _END),
    Kind(
        "private-key",
        "private key",
        (b"private key",),
        rb"-----BEGIN (?:(?!ENCRYPTED)[A-Z0-9]{2,10} ){0,2}PRIVATE KEY(?: BLOCK)?-----"
        rb"(?:\s|\\[nr]|[\"',+]){1,80}(?:(?:Version|Comment): [^\n]{0,200}\s{1,80}){0,2}"
        rb"(?P<secret>[A-Za-z0-9+/=]{32,})",
        shown=0,
    ),
    Kind(
        "jwt",
        "JSON web token",
        (b"eyj",),
        _START + rb"eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{20,1000}" + _END,
    ),
    Kind("npm-token", "npm token", (b"npm_",), _START + rb"npm_[A-Za-z0-9]{36}" + _END),
    Kind("pypi-token", "PyPI token", (b"pypi-age",), _START + rb"pypi-AgE[A-Za-z0-9_-]{50,500}" + _END),
    Kind("sendgrid-key", "SendGrid key", (b"sg.",), _START + rb"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}" + _END),
    Kind(
        "openai-key",
        "OpenAI key",
        (b"sk-",),
        _START + rb"sk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{40,200}|[A-Za-z0-9]{48})" + _END,
    ),
    Kind(
        "anthropic-key", "Anthropic key", (b"sk-ant-",), _START + rb"sk-ant-[a-z]{3,6}\d\d-[A-Za-z0-9_-]{80,120}" + _END
    ),
    Kind("hugging-face-token", "Hugging Face token", (b"hf_",), _START + rb"hf_[A-Za-z]{34}" + _END),
    Kind(
        "azure-storage-key",
        "Azure storage key",
        (b"accountkey=",),
        rb"(?i:AccountKey)=(?P<secret>[A-Za-z0-9+/]{86}==)",
        shown=0,
    ),
    Kind(
        "url-password",
        "password in a URL",
        (b"://",),
        rb"(?<![A-Za-z0-9])(?:postgres(?:ql)?|mysql|mariadb|mssql|mongodb|rediss?|amqps?|https?|ftp)(?:\+\w{1,20})?://"
        rb"(?P<user>[\w.%~-]{0,64}):(?P<secret>[^\s:/@'\"`<>{}()\[\],\\]{3,128})@(?P<host>[\w.-]{1,253})",
        shown=0,
        random=False,
    ),
    Kind(
        "password",
        "password or key",
        (b"passw", b"secret", b"api_key", b"apikey", b"api-key", b"token"),
        rb"(?i:passw(?:or)?d|secret|api[_-]?key|(?:auth|access|bearer|refresh)[_-]?token)[\w-]{0,20}"
        rb"[\"']?\]?\s{0,8}(?:=>|:=|=|:)\s{0,8}(?P<quote>[\"'])(?P<secret>[^\s\"'`<>{}()\[\]$,;\\]{12,128})(?P=quote)",
        shown=0,
        random=False,
    ),
    Kind(
        "password",
        "password or key",
        (b"passw", b"secret", b"api_key", b"apikey", b"token"),
        # As environment files have it: at the beginning of a line, without quotes.
        rb"(?m:^)(?:export )?[A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|SECRET|API_?KEY|TOKEN)[A-Z0-9_]{0,20}="
        rb"(?P<secret>[^\s\"'`<>{}()\[\]$,;\\]{12,128})(?m:[ \t\r]{0,8}$)",
        shown=0,
        random=False,
    ),
)
