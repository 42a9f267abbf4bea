from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from qualitygate.cli import main
from qualitygate.commands.sync import Synced, check, sync
from qualitygate.errors import QualityGateError
from tests.support import commit, git, make_repo, write

BASE = """\
schema = 1
[gate]
time_limit = 300
[checks.markers]
tier = "edit"
[checks.big]
tool = "large-files"
max_kib = 100
"""
RULE = """\
rules:
  - id: {}
    languages: [python]
    severity: ERROR
    message: nothing is printed here
    metadata: {{instead: return it}}
    pattern: print(...)
"""
EXTENDED = ".qualitygate/extended"
LOCK = f"{EXTENDED}/lock.toml"


def source(root: Path, files: Mapping[str, str | bytes | None] = {}) -> Path:
    """A repository with shared settings, tagged v1.0.0."""
    made = make_repo(root, {"gate.toml": BASE, **files})
    git(made, "tag", "v1.0.0")
    return made


def consumer(root: Path, *extend: str, rest: str = "") -> Path:
    return make_repo(
        root, {"qualitygate.toml": f"schema = 1\nextend = {json.dumps(extend)}\n{rest}", "a.py": "x = 1\n"}
    )


def texts(root: Path, kind: str = "drift") -> list[str]:
    return [row.text for row in check(root).rows if row.kind == kind]


def refusal(root: Path) -> QualityGateError:
    before = sorted(root.rglob("*"))
    with pytest.raises(QualityGateError) as caught:
        sync(root)
    assert sorted(root.rglob("*")) == before  # nothing was written
    assert "\n" not in caught.value.message
    return caught.value


def run_json(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, object]]:
    monkeypatch.chdir(root)
    capsys.readouterr()
    code = main(["run", "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    "how", ["git+../source@v1.0.0", "git+file://{}@v1.0.0", "git+../source@{commit}", "../source/gate.toml"]
)
def test_settings_of_another_place_are_copied_locked_and_counted(
    how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = source(tmp_path / "source", {"rules/no-print.yml": RULE.format("no-print"), "rules/no-print.py": "#\n"})
    how = how.format(shared, commit=git(shared, "rev-parse", "HEAD"))
    root = consumer(tmp_path / "r", how, rest="[checks.big]\nmax_kib = 200\n[checks.semgrep]\n")
    done = sync(root)
    assert done.written[-1] == LOCK
    assert (root / f"{EXTENDED}/source/gate.toml").read_text() == BASE
    assert (root / f"{EXTENDED}/source/rules/no-print.yml").read_text() == RULE.format("no-print")
    assert check(root).verdict == "in step"
    assert texts(root, "told")[0] == "overridden here: checks.big.max_kib"
    assert sync(root) == Synced((), (), done.copies, {})  # a second run changes nothing
    git(root, "add", "-A")
    git(root, "commit", "-qm", "sync")
    monkeypatch.chdir(root)
    assert main(["run", "--verbose"]) == 2  # there is no semgrep here, and that is said
    said = capsys.readouterr()
    assert "gate.time_limit source" in " ".join(said.err.split()) and "checks.big.max_kib" not in said.err
    assert "markers ..... passed" in said.out and "big ......... passed" in said.out


def test_the_gate_reads_what_is_tracked_and_needs_no_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    sync(root)
    commit(root, {}, "sync")
    shared.rename(tmp_path / "gone")
    commit(root, {"a.py": "x = 1\n<<<<<<< ours\n=======\n>>>>>>> theirs\n"}, "conflict")
    monkeypatch.chdir(root)
    assert main(["run", "--commit", "HEAD", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert {row["rule"] for row in found["new"]} == {"builtin:merge-marker"}
    assert found["shared_settings"]["gate.time_limit"] == "source"
    assert main(["sync", "--check"]) == 2  # the source is not there: nothing is known of its drift


def test_a_copy_that_was_edited_by_hand_is_reported_and_never_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    sync(root)
    commit(root, {}, "sync")
    edited = BASE.replace("max_kib = 100", "max_kib = 900")
    write(root, {f"{EXTENDED}/source/gate.toml": edited})
    assert texts(root) == [f"{EXTENDED}/source/gate.toml was changed by hand"]
    assert "edited by hand, and not overwritten" in refusal(root).message
    assert (root / f"{EXTENDED}/source/gate.toml").read_text() == edited
    code, found = run_json(root, capsys, monkeypatch)
    assert code == 0
    assert f"{EXTENDED}/source/gate.toml was changed by hand" in "".join(found["notes"])  # type: ignore[arg-type]
    assert "check big is relaxed in `max_kib`; it judges this change as before" in "".join(found["notes"])  # type: ignore[arg-type]
    git(root, "add", "-A")
    git(root, "commit", "-qm", "weaken")
    assert main(["audit"]) == 1
    assert "was changed by hand" in capsys.readouterr().out
    (root / f"{EXTENDED}/source/gate.toml").unlink()
    sync(root)
    assert texts(root) == []


def test_line_ends_that_git_writes_are_no_edit(tmp_path: Path) -> None:
    source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    sync(root)
    write(root, {f"{EXTENDED}/source/gate.toml": BASE.replace("\n", "\r\n")})
    assert texts(root) == []


def test_a_copy_forged_together_with_its_lock_is_found_by_the_source(tmp_path: Path) -> None:
    from qualitygate.extension import digest

    source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    sync(root)
    weak = BASE.replace('[checks.markers]\ntier = "edit"\n', "")
    lock = (root / LOCK).read_text().replace(digest(BASE.encode()), digest(weak.encode()))
    write(root, {f"{EXTENDED}/source/gate.toml": weak, LOCK: lock})
    assert texts(root) == ["the lock does not say what is there: gate.toml"]


def test_drift_of_the_source_is_told_by_its_kind(tmp_path: Path) -> None:
    shared = source(tmp_path / "source")
    make_repo(tmp_path / "near", {"gate.toml": "schema = 1\n"})
    pinned = git(shared, "rev-parse", "HEAD")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0", "../near/gate.toml", f"git+../source@{pinned}#strict.toml")
    assert "has no file strict.toml" in refusal(root).message
    write(root, {"qualitygate.toml": 'schema = 1\nextend = ["git+../source@v1.0.0", "../near/gate.toml"]\n'})
    sync(root)
    newer = commit(shared, {"gate.toml": BASE.replace("30", "40")}, "two")
    for tag in ("v1.10.0", "v1.9.0", "v2.0.0-rc1"):
        git(shared, "tag", tag)
    assert texts(root, "told") == ["newer: v1.10.0 is there"] and check(root).verdict == "in step"
    write(tmp_path / "near", {"gate.toml": "schema = 1\n[gate]\ntime_limit = 3\n"})
    assert texts(root) == ["its source has changed: gate.toml"]
    sync(root)
    assert texts(root) == []
    git(shared, "tag", "-f", "v1.0.0")
    assert texts(root) == [f"the tag was at {pinned} and is at {newer} now"]
    assert "the tag was at" in refusal(root).message


def test_a_change_of_extend_is_not_in_force_before_it_is_synced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    monkeypatch.chdir(root)
    assert main(["run"]) == 2
    assert "extend: git+../source@v1.0.0 is not in" in capsys.readouterr().err
    assert texts(root) == ["git+../source@v1.0.0 is not synced"]
    sync(root)
    assert main(["run"]) == 0, "a base that could not be read must not keep it from being mended"
    assert "those of base cannot be read" in capsys.readouterr().out
    commit(root, {"qualitygate.toml": "schema = 1\n[checks.markers]\n"}, "no more")
    assert sync(root).removed == (LOCK, f"{EXTENDED}/source/gate.toml")
    assert not (root / EXTENDED).exists()


def test_what_moves_is_refused_with_what_to_write_instead(tmp_path: Path) -> None:
    shared = source(tmp_path / "source")
    at = git(shared, "rev-parse", "HEAD")
    for rev in ("main", "HEAD"):
        error = refusal(consumer(tmp_path / rev, f"git+../source@{rev}"))
        assert "is a branch, which moves" in error.message and f"@{at}" in error.hint
    assert "is not a full commit id" in refusal(consumer(tmp_path / "short", f"git+../source@{at[:9]}")).message
    error = refusal(consumer(tmp_path / "none", "git+../source@v9"))
    assert "there is no tag `v9`" in error.message and "v1.0.0" in error.hint


def test_a_tag_with_a_message_stands_for_its_commit(tmp_path: Path) -> None:
    shared = source(tmp_path / "source")
    git(shared, "tag", "-a", "-m", "told", "v2")
    root = consumer(tmp_path / "r", "git+../source@v2")
    assert sync(root).copies[0].commit == git(shared, "rev-parse", "HEAD")


def test_the_later_one_lies_above_and_the_own_file_on_top(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = source(
        tmp_path / "deep", {"gate.toml": "schema = 1\n[gate]\ntime_limit = 1\npush_time_limit = 1\nactor = 'person'\n"}
    )
    team = 'schema = 1\nextend = ["common.toml", "git+file://{}@v1.0.0"]\n[gate]\npush_time_limit = 2\ntime_limit = 2\n'
    source(tmp_path / "team", {"gate.toml": team.format(deep), "common.toml": "schema = 1\n[checks.markers]\n"})
    root = consumer(tmp_path / "r", "git+../team@v1.0.0", rest="[gate]\ntime_limit = 33\n")
    assert [(one.name, one.by) for one in sync(root).copies] == [
        ("team-common", "team"),
        ("deep", "team"),
        ("team", ""),
    ]
    found = run_json(root, capsys, monkeypatch)[1]
    assert found["shared_settings"] == {
        "gate.push_time_limit": "team",
        "gate.actor": "deep",
        "checks.markers": "team-common",
    }
    assert sorted(texts(root, "told")) == ["overridden here: gate.time_limit"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"gate.toml": 'schema = 1\nextend = ["gate.toml"]\n'}, "leads back to itself"),
        ({"gate.toml": 'schema = 1\nextend = ["b.toml"]', "b.toml": 'schema=1\nextend=["./gate.toml"]'}, "leads back"),
        ({"gate.toml": 'schema = 1\nextend = ["../r/x.toml"]\n'}, "leaves the source that names it"),
        ({"gate.toml": 'schema = 1\nextend = ["git+../source@v1.0.0"]\n'}, "means something else in each"),
        ({"gate.toml": 'schema = 1\nextend = "x"\n'}, "extend: must be a list of strings"),
        ({"gate.toml": "schema = 2\nnew = 1\n"}, "gate.toml: schema: 2 is newer than this version reads"),
        ({"gate.toml": "schema = 1\n[checks.markers]\nteir = 'edit'\n"}, "gate.toml: checks.markers.teir: unknown key"),
        ({"gate.toml": "schema = 1\n[checks.x]\ntool = 'markrs'\n"}, "no tool is called `markrs`, did you mean"),
        ({"gate.toml": "schema = 1\n[checks.markers]\nfiles = ['../x']\n"}, "must be relative to the repository's"),
        ({"gate.toml": "x = ["}, "gate.toml:1: "),
        ({"gate.toml": b"#" * ((1 << 20) + 1)}, "larger than 1024 KiB"),
        ({"gate.toml": None}, "has no file gate.toml"),
        ({"rules/a.yml": "x: 1\n"}, "rules/a.yml: must hold a list `rules`"),
        ({"rules/a.yml": "- : ]["}, "rules/a.yml: "),
        ({"rules/a.yml": RULE.format("one"), "rules/b.yml": RULE.format("one")}, "the rule one is in"),
        ({"rules/a b.yml": RULE.format("one")}, "is no name for a rule"),
        ({"rules/-rf.yml": RULE.format("one")}, "is no name for a rule"),
        ({"rules/a.py": "", "rules/A.py": ""}, "differ only in case"),
        ({f"rules/t{n}.py": "" for n in range(210)}, "more than 200 files"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["git+../source@v1.0.0", "../source/gate.toml"])
def test_shared_settings_that_cannot_be_used_are_named(
    how: str, files: Mapping[str, str | bytes | None], said: str, tmp_path: Path
) -> None:
    make_repo(tmp_path / "source", {"gate.toml": BASE})
    commit(tmp_path / "source", files)
    git(tmp_path / "source", "tag", "v1.0.0")
    error = refusal(consumer(tmp_path / "r", how))
    assert said in error.message
    assert "source" in error.message or "rules/" in error.message


@pytest.mark.parametrize("how", ["git+../source@v1.0.0", "../source/gate.toml"])
def test_links_are_not_followed(how: str, tmp_path: Path) -> None:
    (tmp_path / "secret.toml").write_text(BASE)
    make_repo(tmp_path / "source", {"rules/keep.py": ""})
    (tmp_path / "source" / "gate.toml").symlink_to(tmp_path / "secret.toml")
    commit(tmp_path / "source", {})
    git(tmp_path / "source", "tag", "v1.0.0")
    assert "is a link" in refusal(consumer(tmp_path / "r", how)).message


def test_a_folder_that_is_a_link_is_not_written_through(tmp_path: Path) -> None:
    source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    (tmp_path / "out").mkdir()
    (root / EXTENDED).mkdir(parents=True)
    (root / EXTENDED / "source").symlink_to(tmp_path / "out")
    assert "is a symbolic link" in refusal(root).message
    assert list((tmp_path / "out").iterdir()) == []


def test_the_rule_of_a_source_may_not_be_called_as_one_of_the_repository(tmp_path: Path) -> None:
    source(tmp_path / "source", {"rules/a.yml": RULE.format("mine")})
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    write(root, {".qualitygate/rules/x.yml": RULE.format("mine")})
    assert "the rule mine is in .qualitygate/rules/x.yml too" in refusal(root).message


def test_copies_that_git_ignores_are_refused(tmp_path: Path) -> None:
    source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    write(root, {".gitignore": ".qualitygate/\n"})
    assert "git ignores" in refusal(root).message


def test_nothing_of_a_source_is_executed(tmp_path: Path) -> None:
    """Hooks, filters, submodules and settings of the source's git: none of them leaves a mark."""
    mark = tmp_path / "mark"
    shared = source(
        tmp_path / "source",
        {
            ".gitattributes": "* filter=evil\n",
            ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c touch% mark\n',
        },
    )
    bite = f"touch '{mark}'"
    for hook in ("post-checkout", "reference-transaction", "post-merge", "pre-receive", "post-update"):
        path = shared / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{bite}\n")
        path.chmod(0o755)
    for key in ("filter.evil.smudge", "core.fsmonitor", "uploadpack.packObjectsHook", "core.sshCommand", "core.pager"):
        git(shared, "config", key, bite)
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    git(root, "config", "core.sshCommand", bite)
    sync(root)
    check(root)
    assert not mark.exists()
    assert sorted(p.name for p in (root / EXTENDED).rglob("*") if p.is_file()) == ["gate.toml", "lock.toml"]


def test_a_bad_lock_is_named_and_leads_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    monkeypatch.chdir(root)
    sync(root)
    good = (root / LOCK).read_text()
    for bad in (
        good.replace('name = "source"', 'name = "../../x"'),
        good.replace('"gate.toml" =', '"../../../x" ='),
        good.replace("schema = 1", "schema = 9"),
        good + "more = 1\n[",
    ):
        write(root, {LOCK: bad})
        assert LOCK in refusal(root).message
        assert main(["run"]) == 2


def test_a_file_that_belongs_to_no_copy_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No check but those for any file looks into the copies: what is hidden there must not go unsaid."""
    source(tmp_path / "source")
    root = consumer(tmp_path / "r", "git+../source@v1.0.0")
    sync(root)
    write(root, {f"{EXTENDED}/source/hidden.py": "import os\n<<<<<<< ours\n"})
    assert texts(root) == [f"{EXTENDED}/source/hidden.py belongs to no shared settings"]
    found = run_json(root, capsys, monkeypatch)[1]
    assert "hidden.py belongs to no shared settings" in "".join(found["notes"])  # type: ignore[arg-type]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A distribution as an installer leaves it, on the path; importing it would leave a mark."""
    site = tmp_path / "site"
    write(
        site,
        {
            "acme_gate/__init__.py": f"open({os.fspath(tmp_path / 'mark')!r}, 'w')\n",
            "acme_gate/gate.toml": BASE,
            "acme_gate/rules/no-print.yml": RULE.format("no-print"),
            "acme_gate/unlisted.toml": BASE,
            "acme_gate-1.4.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: acme-gate\nVersion: 1.4.0\n",
            "acme_gate-1.4.0.dist-info/RECORD": "".join(
                f"acme_gate/{name},,\n" for name in ("__init__.py", "gate.toml", "rules/no-print.yml")
            ),
        },
    )
    monkeypatch.syspath_prepend(os.fspath(site))
    return site


def test_a_package_that_is_installed_is_read_and_never_imported(package: Path, tmp_path: Path) -> None:
    root = consumer(tmp_path / "r", "pkg:acme-gate==1.4.0#acme_gate/gate.toml")
    sync(root)
    assert (root / f"{EXTENDED}/acme-gate/rules/no-print.yml").exists()
    assert check(root).verdict == "in step" and not (tmp_path / "mark").exists()
    (package / "acme_gate-1.4.0.dist-info/METADATA").write_text(
        "Metadata-Version: 2.1\nName: acme-gate\nVersion: 1.5.0\n"
    )
    assert "version 1.5.0 of acme-gate is installed" in texts(root, "unknown")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pkg:acme-gate==1.5.0#acme_gate/gate.toml", "version 1.4.0 of acme-gate is installed"),
        ("pkg:acme-none==1.5.0#acme_gate/gate.toml", "acme-none is not installed beside qualitygate"),
        ("pkg:acme-gate==1.4.0#acme_gate/unlisted.toml", "has no file acme_gate/unlisted.toml"),
        ("pkg:acme-gate==1.4.0#acme_gate/none.toml", "has no file acme_gate/none.toml"),
    ],
)
def test_a_package_that_is_another_one(text: str, said: str, package: Path, tmp_path: Path) -> None:
    assert said in refusal(consumer(tmp_path / "r", text)).message


def test_nothing_is_fetched_where_that_is_forbidden(tmp_path: Path) -> None:
    error = refusal(consumer(tmp_path / "r", "git+https://host.invalid/org/gate@v1"))
    assert "is not fetched while QUALITYGATE_OFFLINE is set" in error.message
