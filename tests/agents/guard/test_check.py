from __future__ import annotations

import os
import shlex
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualitygate.agents.guard.check import refusal_for_command, refusal_for_path
from qualitygate.agents.guard.refusal import FORMS

REFUSED = (
    ("no-verify", "git commit --no-verify -m x"),
    ("no-verify", "git commit -n -m x"),
    ("no-verify", "git commit -anm x"),
    ("no-verify", "git commit -nm x"),
    ("no-verify", "git commit --no-veri -m x"),
    ("no-verify", "git commit -m x --no-verify"),
    ("no-verify", "git commit --amend -n --no-edit"),
    ("no-verify", "git -C sub commit -n -m x"),
    ("no-verify", "git --no-pager commit -n -m x"),
    ("no-verify", "/usr/bin/git commit -n -m x"),
    ("no-verify", "git add -A && git commit -nm x"),
    ("no-verify", "git add -A; git commit -nm x"),
    ("no-verify", "ruff check . || git commit -nm x"),
    ("no-verify", "true | git commit -nm x"),
    ("no-verify", "git status\ngit commit -nm x"),
    ("no-verify", "(cd sub && git commit -nm x)"),
    ("no-verify", "{ git commit -nm x; }"),
    ("no-verify", "if true; then git commit -n -m x; fi"),
    ("no-verify", "for f in a b; do git commit -n -m $f; done"),
    ("no-verify", "f() { git commit -n -m x; }; f"),
    ("no-verify", "echo $(git commit -n -m x)"),
    ("no-verify", "echo `git commit -n -m x`"),
    ("no-verify", 'echo "done: $(git commit -n -m x)"'),
    ("no-verify", "bash -c 'git commit -n -m x'"),
    ("no-verify", 'sh -ec "git commit --no-verify -m x"'),
    ("no-verify", "bash <<< 'git commit -n -m x'"),
    ("no-verify", "bash <<'EOF'\ngit commit -n -m x\nEOF"),
    ("no-verify", "sh -s <<EOF\ngit push --no-verify\nEOF"),
    ("no-verify", "cat <<EOF\n$(git commit -n -m x)\nEOF"),
    ("no-verify", "eval 'git commit -n -m x'"),
    ("no-verify", "eval git commit -n -m x"),
    ("no-verify", "sudo -u dev git commit -n -m x"),
    ("no-verify", "env A=b git commit -n -m x"),
    ("no-verify", "env -i PATH=/bin git commit -n -m x"),
    ("no-verify", "timeout 60 git commit -n -m x"),
    ("no-verify", "timeout -k 5 60 git commit -n -m x"),
    ("no-verify", "nohup git commit -n -m x &"),
    ("no-verify", "command git commit -n -m x"),
    ("no-verify", "exec git commit -n -m x"),
    ("no-verify", "nice -n 10 git commit -n -m x"),
    ("no-verify", "time git commit -n -m x"),
    ("no-verify", "xargs git commit -n -m x < list"),
    ("no-verify", "find . -name '*.py' -exec git commit -n -m x {} \\;"),
    ("no-verify", "uv run git commit -n -m x"),
    ("no-verify", "poetry run git commit -n -m x"),
    ("no-verify", "npx git commit -n -m x"),
    ("no-verify", 'git commit "-n" -m x'),
    ("no-verify", "git commit '--no-verify' -m x"),
    ("no-verify", "git commit --no-\\verify -m x"),
    ("no-verify", "git commit -'n' -m x"),
    ("no-verify", "git comm''it -n -m x"),
    ("no-verify", "git commit $'\\x2dn' -m x"),
    ("no-verify", "F=--no-verify; git commit $F -m x"),
    ("no-verify", 'X="-n -a"; git commit $X -m x'),
    ("no-verify", 'cmd="git commit -n -m x"; eval "$cmd"'),
    ("no-verify", "git merge --no-verify topic"),
    ("no-verify", "git push --no-verify"),
    ("no-verify", "git push origin main --no-verify"),
    ("no-verify", "git rebase --no-verify main"),
    ("no-verify", "git am --no-verify 1.patch"),
    ("no-verify", "git am -n 1.patch"),
    ("no-verify", "git cherry-pick --no-verify abc"),
    ("no-verify", "git pull --no-verify"),
    ("no-verify", "git -c alias.ci='commit -n' ci -m x"),
    ("no-verify", "git config alias.ci 'commit --no-verify'"),
    ("no-verify", "git config --global alias.ci '!git commit -n'"),
    ("no-verify", "git rebase -x 'git commit --amend -n' main"),
    ("no-verify", "git submodule foreach 'git commit -n -m x'"),
    ("no-verify", "script -qc 'git commit -n -m x' /dev/null"),
    ("hooks-path", "git -c core.hooksPath=/dev/null commit -m x"),
    ("hooks-path", "git -ccore.hooksPath= commit -m x"),
    ("hooks-path", "git -c core.hookspath=/tmp commit -m x"),
    ("hooks-path", "git --config-env=core.hooksPath=X commit -m x"),
    ("hooks-path", "git -c include.path=/tmp/x commit -m x"),
    ("hooks-path", "git config core.hooksPath /dev/null"),
    ("hooks-path", "git config --local core.hooksPath /tmp"),
    ("hooks-path", "git config --global core.hooksPath ''"),
    ("hooks-path", "git config set core.hooksPath /tmp"),
    ("hooks-path", "git config --unset core.hooksPath"),
    ("hooks-path", "git config --remove-section core"),
    ("hooks-path", "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=core.hooksPath GIT_CONFIG_VALUE_0=/x git commit -m x"),
    ("hooks-path", "export GIT_CONFIG_PARAMETERS=\"'core.hooksPath=/x'\""),
    ("hooks-path", "env GIT_CONFIG_GLOBAL=/tmp/c git commit -m x"),
    ("hooks-path", "echo '[core] hooksPath = /x' >> .git/config"),
    ("hooks-path", "sed -i /hooksPath/d .git/config"),
    ("skip-variable", "SKIP=qualitygate git commit -m x"),
    ("skip-variable", "export SKIP=ruff; git commit -m x"),
    ("skip-variable", "SKIP=mypy pre-commit run -a"),
    ("skip-variable", "SKIP=a bash -c 'git commit -m x'"),
    ("skip-variable", "HUSKY=0 git commit -m x"),
    ("skip-variable", "export HUSKY=0"),
    ("skip-variable", "LEFTHOOK=false git push"),
    ("skip-variable", "LEFTHOOK_EXCLUDE=lint git commit -m x"),
    ("skip-variable", "PRE_COMMIT_ALLOW_NO_CONFIG=1 git commit -m x"),
    ("skip-variable", "PREK_SKIP=all git commit -m x"),
    ("skip-variable", "env -u CLAUDECODE git commit -m x"),
    ("skip-variable", "unset CLAUDECODE; git commit -m x"),
    ("skip-variable", "CLAUDECODE= git commit -m x"),
    ("hook-files", "rm .git/hooks/pre-commit"),
    ("hook-files", "rm -rf .git/hooks"),
    ("hook-files", "rm -rf .git"),
    ("hook-files", "cd .git && rm -r hooks"),
    ("hook-files", "cd .git/hooks; rm pre-commit"),
    ("hook-files", "chmod -x .git/hooks/pre-commit"),
    ("hook-files", "mv .git/hooks/pre-commit /tmp"),
    ("hook-files", "cp /bin/true .git/hooks/pre-commit"),
    ("hook-files", "ln -sf /bin/true .git/hooks/pre-commit"),
    ("hook-files", "echo 'exit 0' > .git/hooks/pre-commit"),
    ("hook-files", ": > .git/hooks/pre-commit"),
    ("hook-files", "tee .git/hooks/pre-commit < /dev/null"),
    ("hook-files", "sed -i 1d .git/hooks/pre-commit"),
    ("hook-files", "truncate -s 0 ./.git/hooks/pre-push"),
    ("hook-files", "find .git/hooks -type f -delete"),
    ("hook-files", 'rm "$(git rev-parse --git-dir)/hooks/pre-commit"'),
    ("hook-files", "rm $(git rev-parse --git-path hooks)/pre-commit"),
    ("hook-files", 'H=.git/hooks; rm "$H"/pre-commit'),
    ("hook-files", "rm /home/dev/project/.git/hooks/pre-commit"),
    ("hook-files", "cat > .claude/settings.json <<EOF\n{}\nEOF"),
    ("hook-files", "rm .claude/settings.json"),
    ("hook-files", "git checkout main -- .claude/settings.json"),
    ("hook-files", "git rm .claude/settings.json"),
    ("hook-files", "jq -i del .cursor/hooks.json"),
    ("hook-files", "rm .husky/pre-commit"),
    ("hook-files", "pre-commit uninstall"),
    ("hook-files", "prek uninstall -t pre-commit"),
    ("hook-files", "npx lefthook uninstall"),
    ("hook-files", "qualitygate uninstall"),
    ("hook-files", "python -m qualitygate undo"),
    ("hook-files", "pre-commit install -f"),
    ("gate-state", "rm -rf .git/qualitygate"),
    ("gate-state", "echo '{}' > .git/qualitygate/records/x.json"),
    ("gate-state", "rm ~/.local/state/qualitygate/trust.json"),
    ("accept", "qualitygate accept"),
    ("accept", "qualitygate accept --reason 'it is fine'"),
    ("accept", "python -m qualitygate accept"),
    ("accept", "python3.11 -m qualitygate accept"),
    ("accept", "uvx --from qualitygate-toolkit qualitygate accept"),
    ("accept", "pipx run qualitygate accept"),
    ("accept", "uv run qualitygate accept"),
    ("accept", ".venv/bin/qualitygate waive ruff:F401"),
    ("accept", "echo yes | qualitygate accept"),
    ("accept", "script -qc 'qualitygate accept' /dev/null"),
    ("plumbing", "git commit-tree HEAD^{tree} -m x"),
    ("plumbing", "git update-ref refs/heads/main abc"),
    ("plumbing", "git update-ref refs/heads/main $(git commit-tree -m x HEAD^{tree})"),
    ("plumbing", "git fast-import < dump"),
    ("plumbing", "git hash-object -w file"),
    ("plumbing", "git symbolic-ref HEAD refs/heads/other"),
    ("plumbing", "git replace abc def"),
    ("plumbing", "git filter-branch --tree-filter true"),
    ("plumbing", "git update-index --skip-worktree a.py"),
    ("plumbing", "echo abc > .git/refs/heads/main"),
    ("plumbing", "echo abc > .git/HEAD"),
    ("unreadable", "git commit -m 'never closed"),
    ("unreadable", "git commit $FLAGS -m x"),
    ("unreadable", "python -c \"import subprocess; subprocess.run(['git', 'commit', '--no-verify'])\""),
    ("unreadable", "python - <<EOF\nimport os\nos.system('git commit --no-verify -m x')\nEOF"),
    ("no-verify", "git commit -am x -n"),
    ("no-verify", "git commit -m -a -n"),
    ("no-verify", "git commit -uno -n -m x"),
    ("hook-files", "rm -rf $PWD/.git"),
    ("hook-files", "rm -rf ../.git"),
    ("hook-files", "rm .git/modules/y/hooks/pre-commit"),
    ("unreadable", "git commit -m x $FILES"),
    ("unreadable", "python -c \"open('.git/hooks/pre-commit', 'w').close()\""),
    ("unreadable", "ruby -e '`git commit --no-verify -m x`'"),
    ("unreadable", "node -e \"require('fs').unlinkSync('.git/hooks/pre-commit')\""),
)

ALLOWED = (
    "git status",
    "git add -A",
    "git commit -m x",
    "git commit -am 'a message'",
    "git commit",
    "git commit --amend --no-edit",
    "git commit --no-edit --amend",
    "git commit --no-verbose -m x",
    "git commit --no-gpg-sign -m x",
    "git commit --no-status -m x",
    "git commit -mn",
    "git commit -m -n",
    "git commit -m --no-verify",
    "git commit -m 'do not use --no-verify'",
    'git commit -m "stop using git commit -n"',
    "git commit -m \"$(cat <<'EOF'\nNot --no-verify; don't touch core.hooksPath\n\nSKIP=x (see .git/hooks)\nEOF\n)\"",
    "git commit -F - <<'EOF'\ngit commit -n is refused now\nEOF",
    'git commit -m "$MESSAGE"',
    "git commit -m $MESSAGE",
    "git commit -F message.txt",
    "git commit -C HEAD",
    "git commit -t template -m x",
    "git commit --author 'N <n@x>' -m x",
    "git commit --date now -m x",
    "git commit -- -n",
    "git commit -s -S -m x",
    "git commit -uno -m x",
    "git commit -v",
    "git commit --fixup abc",
    "git push -n",
    "git push --dry-run",
    "git push -u origin HEAD",
    "git push --force-with-lease",
    "git merge -n topic",
    "git merge --no-ff topic",
    "git merge --no-commit topic",
    "git merge --no-verify-signatures topic",
    "git pull --rebase --no-edit",
    "git rebase -n main",
    "git rebase --continue",
    "git rebase -x 'pytest -q' main",
    "git cherry-pick -n abc",
    "git cherry-pick abc",
    "git revert -n abc",
    "git revert --no-edit abc",
    "git clean -n",
    "git log -n 5",
    "git log --no-verify",
    "git log -S--no-verify",
    "git log --grep=core.hooksPath",
    "git show -n1 HEAD:.git",
    "git diff -- .claude/settings.json",
    "git add .claude/settings.json",
    "git fetch -n",
    "git tag -n",
    "git stash",
    "git reset --hard HEAD~1",
    "git checkout -b topic",
    "git checkout main -- src/a.py",
    "git restore --staged a.py",
    "git switch -c topic",
    "git branch -d topic",
    "git config user.name x",
    "git config core.hooksPath",
    "git config --get core.hooksPath",
    "git config --list",
    "git config core.autocrlf false",
    "git config alias.st status",
    "git -c user.name=x commit -m x",
    "git -c core.autocrlf=false commit -m x",
    "git -C sub status",
    "git rev-parse --git-path hooks",
    "git symbolic-ref HEAD",
    "git symbolic-ref --short HEAD",
    "git hash-object file",
    "git cat-file -p HEAD",
    "git replace -l",
    "git update-index --refresh",
    "git ls-files -v",
    "git bisect run pytest -q",
    "git submodule foreach git status",
    "grep -rn no-verify .",
    "grep -rn 'git commit --no-verify' docs",
    "rg 'core.hooksPath' --glob '!.git'",
    "echo 'git commit --no-verify'",
    'echo "never run git commit -n"',
    "printf '%s' 'SKIP=x git commit'",
    "cat <<EOF > README.md\nDo not run `true` or git commit --no-verify\nEOF",
    "cat >> docs/guide.md <<'EOF'\n    rm .git/hooks/pre-commit\nEOF",
    "cat .git/hooks/pre-commit",
    "ls -la .git/hooks",
    "head -5 .git/config",
    "stat .claude/settings.json",
    "diff .git/hooks/pre-commit hooks/pre-commit",
    "cp .git/hooks/pre-commit /tmp/copy",
    "rm -f .git/index.lock",
    "find .git/hooks -name 'pre-*'",
    "wc -l .git/hooks/*",
    "rm -rf build dist",
    "rm src/hooks/old.py",
    "rm hooks/pre-commit.py",
    "mv a.py b.py",
    "chmod +x scripts/run.sh",
    "sed -i 's/--no-verify//' docs/guide.md",
    "sed -n 1,5p .git/config",
    "touch .github/workflows/ci.yml",
    "tee out.txt < in.txt",
    "SKIP_SLOW=1 pytest",
    "SKIP=1 make test",
    "HUSKY=1 npm test",
    "DEBUG=1 git status",
    "CLAUDECODE=1 git commit -m x",
    "export PATH=$PATH:/x",
    "pre-commit run --all-files",
    "pre-commit install",
    "prek run -a",
    "prek install",
    "lefthook run pre-commit",
    "qualitygate run",
    "qualitygate run --format json",
    "qualitygate fix",
    "qualitygate explain ruff:F401",
    "qualitygate waive --request ruff:F401",
    "qualitygate inspect --json | jq .languages",
    "qualitygate install",
    "python -m qualitygate run",
    "python -c 'print(1)'",
    "python -c \"print('git commit --no-verify')\"",
    "python -m pytest -n 4",
    "python scripts/accept.py",
    "pytest -n auto -k 'not no_verify'",
    "npm run lint && npm test",
    "uv run pytest -q",
    "poetry run ruff check --fix .",
    "make commit",
    "docker run -n x",
    "ssh host 'ls -n'",
    "for f in *.py; do ruff check $f; done",
    "while read -r l; do echo $l; done < file",
    "case $1 in -n) echo n;; esac",
    'if [ -n "$X" ]; then echo x; fi',
    "[[ -n $X ]] && git status",
    "test -n x && git commit -m x",
    "echo -n x && git commit -m y",
    "sort -n file | head -n 3",
    "xargs -n 1 echo < list",
    "diff <(git show HEAD:a) <(cat a)",
    "(cd sub && git commit -m x)",
    "git commit -m x # --no-verify",
    "# git commit -n",
    "echo $((1 + 2))",
    "x=$(git rev-parse HEAD); echo $x",
    "echo it\\'s fine",
    "echo 'unclosed",
    'git commit -am "$1"',
    'git commit -am "- add new things"',
    "git commit -qam $MESSAGE && git push",
    'git commit -m x -- "$FILE"',
    "qualitygate accept --help",
    "qualitygate undo -h",
    "rm -rf frontend/.git",
    "cd vendor && rm -rf copy/.git",
    "git clone . /tmp/clone && rm -rf /tmp/clone/.git",
    "git submodule deinit -f y && rm -rf .git/modules/y",
    "rm .git/index && git reset",
    "python - <<'EOF'\nfrom pathlib import Path\np = Path('a.md')\n"
    "p.write_text(p.read_text().replace('`git commit --no-verify`', 'it'))\nEOF",
    "python -c \"print(open('a.md').read().count('--no-verify'))\"",
    "python -c \"print(open('.git/hooks/pre-commit').read())\"",
    "node -e \"fs.writeFileSync('a.md', 'never use `--no-verify`')\"",
    "",
    "   ",
    "\n\n",
)


@pytest.mark.parametrize(("form", "command"), REFUSED)
def test_a_way_past_the_gate_is_refused(form: str, command: str) -> None:
    found = refusal_for_command(command)
    assert found is not None
    assert found.form == form


@pytest.mark.parametrize("command", ALLOWED)
def test_ordinary_work_is_never_refused(command: str) -> None:
    assert refusal_for_command(command) is None


def test_every_form_is_refused_at_least_once_and_none_names_another_way() -> None:
    assert {form for form, _ in REFUSED} == set(FORMS) - {
        "remote-write"
    }  # which is no command: tests/test_agent_hook.py
    for form, command in REFUSED:
        found = refusal_for_command(command)
        assert found is not None
        said = f"{found.reason} {found.instead}".lower()
        assert not any(word in said for word in ("no-verify", "hookspath", "skip=", "accept`", "uninstall")), form


WRAPPED = tuple(command for command in ALLOWED if "\n" not in command and command.strip() and "unclosed" not in command)


@given(st.sampled_from([command for _, command in REFUSED] + list(WRAPPED)))
def test_a_message_may_hold_any_text(text: str) -> None:
    assert refusal_for_command(f"git commit -m {shlex.quote(text)}") is None
    assert refusal_for_command(f"echo {shlex.quote(text)} > notes.md") is None


@given(st.sampled_from(WRAPPED), st.sampled_from(WRAPPED), st.sampled_from([" && ", "; ", " || ", "\n", " | "]))
def test_what_is_allowed_alone_is_allowed_together(first: str, second: str, between: str) -> None:
    if "#" not in first and not first.startswith(("export", "SKIP", "cd")) and "<" not in first:
        assert refusal_for_command(first + between + second) is None


@given(
    st.sampled_from([command for form, command in REFUSED if form != "unreadable"]),
    st.sampled_from(["ls && ", "true; ", "echo 'a b' | ", "x=1; ", "(ls); ", "! "]),
)
def test_what_is_refused_alone_is_refused_behind_anything(command: str, before: str) -> None:
    assert refusal_for_command(before + command) is not None


@given(st.lists(st.sampled_from(["git", "commit", "-n", "-m", "x", "a b", "--no-verify"]), min_size=1, max_size=6))
def test_quotes_around_a_word_change_nothing(words: list[str]) -> None:
    plain = " ".join(shlex.quote(word) for word in words)
    double = " ".join(f'"{word}"' for word in words)
    found, again = refusal_for_command(plain), refusal_for_command(double)
    assert (found is None) == (again is None)


@given(st.text(max_size=200) | st.text(alphabet="git commit-n'\"$(){}`<>|&;\\\n EOF=", max_size=120))
def test_no_text_makes_it_raise(text: str) -> None:
    refusal_for_command(text)
    refusal_for_command(f"git {text}")


def test_a_long_command_takes_time_in_proportion(monkeypatch: pytest.MonkeyPatch) -> None:
    from qualitygate.agents.guard import shell

    steps = 0
    old = shell._Reader._pieces

    def counted(self: shell._Reader) -> tuple[list[str], str]:
        nonlocal steps
        steps += 1
        return old(self)

    monkeypatch.setattr(shell._Reader, "_pieces", counted)
    assert refusal_for_command("echo 'a b' \"c\" $x; " * 2_000) is None
    assert steps == 8_000


@pytest.mark.parametrize(
    ("path", "form"),
    (
        (".git/hooks/pre-commit", "hook-files"),
        ("./sub/../.git/hooks/pre-push", "hook-files"),
        (".git/config", "hooks-path"),
        (".git/qualitygate/records/a.json", "gate-state"),
        (".git/refs/heads/main", "plumbing"),
        (".claude/settings.json", "hook-files"),
        ("link/pre-commit", "hook-files"),
        (".git/info/exclude", ""),
        ("qualitygate.toml", ""),
        ("src/hooks/a.py", ""),
        (".claude/commands/x.md", ""),
        ("docs/.git-notes.md", ""),
        (".github/workflows/ci.yml", ""),
    ),
)
def test_files_that_an_agent_may_not_write(tmp_path: Path, path: str, form: str) -> None:
    (tmp_path / ".git" / "hooks").mkdir(parents=True)
    (tmp_path / "link").symlink_to(".git/hooks")
    for name in (path, os.fspath(tmp_path / path)):
        found = refusal_for_path(name, os.fspath(tmp_path))
        assert (found.form if found else "") == form


def test_a_path_outside_of_the_repository_is_judged_too(tmp_path: Path) -> None:
    found = refusal_for_path("/home/dev/.local/state/qualitygate/trust.json", os.fspath(tmp_path))
    assert found is not None
    assert found.form == "gate-state"
    assert refusal_for_path("/tmp/notes.md", os.fspath(tmp_path)) is None


@pytest.mark.parametrize("before", ("! ", "time ", "if true; then ", "while ", "{ "))
def test_a_variable_that_is_set_behind_a_keyword_is_known(before: str) -> None:
    found = refusal_for_command(f'{before}cmd="git commit -n -m x"; eval "$cmd"')
    assert found is not None and found.form == "no-verify"


@pytest.mark.parametrize(
    ("command", "instead"),
    (
        ("git commit -m x $FILES", "paths behind `--`"),
        ("rm -rf .git/rebase-merge", "git rebase --abort"),
        ("git update-index --assume-unchanged a.py", "commit it"),
    ),
)
def test_a_refusal_leads_to_what_was_meant(command: str, instead: str) -> None:
    found = refusal_for_command(command)
    assert found is not None and instead in found.instead
