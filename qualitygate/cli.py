"""The command line: parse, call the command, render its result."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import click

from qualitygate import error_handler
from qualitygate.cli_options import COLOR, JSON, NO_COLOR, PATH, QUIET
from qualitygate.cli_ways_out import accept, audit, waive
from qualitygate.errors import QualityGateError
from qualitygate.model import TIERS, Verdict
from qualitygate.output import Console
from qualitygate.reporters.verdict import FORMATS


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code (0 passed, 1 failed, 2 undecided, 3 internal, 130 interrupted)."""
    return error_handler.run(lambda: _invoke(list(sys.argv[1:] if argv is None else argv)))


def _invoke(argv: list[str]) -> int:
    result = cli.main(args=argv, prog_name="qualitygate", standalone_mode=False)
    return result if isinstance(result, int) else 0


def _version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from qualitygate.gate.surroundings import version

        click.echo(f"qualitygate {version()}")
        ctx.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Print the version."
)
def cli() -> None:
    """A gate for code that agents write: what is new and wrong is refused, what was there is tolerated."""


for _command in (accept, waive, audit):
    cli.add_command(_command)


def _console(color: str, no_color: bool) -> Console:
    return Console("never" if no_color else color)


def _ask(paused: Callable[[], AbstractContextManager[None]] = nullcontext) -> Callable[[str], bool] | None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        return None

    def ask(what: str) -> bool:
        with paused():
            click.echo(f"This may be executed here from now on:\n{what}", err=True)
            return click.confirm("Trust this clone? Without it only tools of ours run.", default=False, err=True)

    return ask


@cli.command(short_help="Print the facts about a repository.")
@PATH
@JSON
@COLOR
@NO_COLOR
def inspect(path: Path, as_json: bool, color: str, no_color: bool) -> int:
    """Print the facts about a repository, each with its evidence. Executes nothing of it."""
    from qualitygate.commands.inspect import inspect as command
    from qualitygate.reporters import facts as reporter

    console = _console(color, no_color)
    facts = command(path)
    if console.is_screen and not as_json:
        from qualitygate.reporters.facts_screen import render

        console.write_result(render(facts, console))
    else:
        console.write_result(reporter.render_json(facts) if as_json else reporter.render_text(facts))
    return 0


@cli.command(short_help="Judge a change.")
@click.argument("files", nargs=-1)
@click.option("--staged", is_flag=True, help="Judge the index: what `git commit` would record.")
@click.option("--worktree", is_flag=True, help="Judge the files on disk (the default).")
@click.option("--commit", metavar="REV", default="", help="Judge a commit.")
@click.option("--range", "range_", metavar="A..B", default="", help="Judge everything from A to B in one run.")
@click.option("--base", metavar="REV", default="", help="Judge against this tree instead of what is trusted.")
@click.option("--ci", is_flag=True, help="Judge what this CI run is about, by the settings of its base branch.")
@click.option("--trust", is_flag=True, help="With --ci: allow what this repository can make us execute, for this run.")
@click.option(
    "--tier",
    type=click.Choice(TIERS),
    help="Which checks: those of this tier and of the ones before it; commit, with --ci full.",
)
@click.option("--all-files", is_flag=True, help="Look at files that are equal on both sides too.")
@click.option(
    "--format",
    "style",
    type=click.Choice(["auto", "text", "agent", *FORMATS]),
    default="auto",
    help="How to print it; auto: text for a person, agent for a coding agent; with --ci what that service shows.",
)
@click.option("--write", metavar="FORMAT=PATH", multiple=True, help="Write the report to a file, too; repeatable.")
@click.option("--verbose", is_flag=True, help="Say also which settings come from shared ones.")
@click.option("--explain-cache", is_flag=True, help="Say per check what was known already, and why the rest was not.")
@JSON
@COLOR
def run(
    files: tuple[str, ...],
    staged: bool,
    worktree: bool,
    commit: str,
    range_: str,
    base: str,
    ci: bool,
    trust: bool,
    tier: str | None,
    all_files: bool,
    style: str,
    write: tuple[str, ...],
    verbose: bool,
    explain_cache: bool,
    as_json: bool,
    color: str,
) -> int:
    """Judge a change. FILES limit what is printed, never what is judged."""
    from qualitygate.commands.run import What, named
    from qualitygate.commands.run import run as command
    from qualitygate.reporters.verdict import exit_code, save, show, show_way_on, wanted_files, with_cache

    what, out = What(staged, worktree, commit, range_), wanted_files(write)
    style = "json" if as_json else style
    console = Console(color)
    if ci:
        if any(what) or base:
            raise click.UsageError("--ci finds out itself what to judge: not with --base, or what names a change")
        style, verdict = _run_ci(console, style, trust, tier or "", all_files)
    else:
        if trust:
            raise click.UsageError("--trust goes with --ci; for a clone of yours: qualitygate install --trust")
        verdict = command(
            Path.cwd(), what=what, base=base, tier=tier or "commit", everything=all_files, progress=console.progress
        )
    if explain_cache:
        verdict = with_cache(verdict)
    save(verdict, out)
    if verbose and style in ("auto", "text"):
        from qualitygate.reporters.sync import render_origins

        console.say(render_origins(verdict.origins))
    show(console, verdict, style, only=named(Path.cwd(), verdict.head, files))
    if "GIT_INDEX_FILE" in os.environ and style in ("auto", "text"):
        show_way_on(console, verdict)
    return exit_code(verdict)


def _run_ci(console: Console, style: str, trust: bool, tier: str, all_files: bool) -> tuple[str, Verdict]:
    """Judge, and choose the format; where there is no verdict, GitHub is told why where people look."""
    from qualitygate.commands.run_ci import run_ci
    from qualitygate.reporters.github import render_error

    if style == "auto" and os.environ.get("GITHUB_ACTIONS") == "true":
        style = "github"
    try:
        return style, run_ci(Path.cwd(), trust=trust, tier=tier, everything=all_files, progress=console.progress)
    except QualityGateError as exc:
        if style == "github":
            console.write_result(render_error(exc.message, exc.hint))
        raise


@cli.command(short_help="Fix what is new and can be fixed safely.")
@click.argument("files", nargs=-1)
@click.option("--staged", is_flag=True, help="Fix what is staged, in the index and on disk.")
@click.option("--dry-run", "--check", "dry", is_flag=True, help="Say what would be fixed; write nothing.")
@click.option("--diff", is_flag=True, help="The same, as a diff.")
@click.option("--between-edits", is_flag=True, hidden=True, help="Remove no name that the next edit may use.")
@JSON
def fix(files: tuple[str, ...], staged: bool, dry: bool, diff: bool, between_edits: bool, as_json: bool) -> int:
    """Format changed lines and apply the safe fixes of new findings, in FILES or wherever there are some.

    Old findings and other lines stay as they are. A file that somebody changes meanwhile is left alone.
    """
    from qualitygate.commands.fix import fix as command
    from qualitygate.reporters import fixes as reporter

    console = Console()
    result = command(
        Path.cwd(),
        files=files,
        staged=staged,
        dry=dry or diff,
        between_edits=between_edits,
        progress=console.progress,
    )
    render = reporter.render_json if as_json else reporter.render_diff if diff else reporter.render
    console.write_result(render(result))
    return reporter.exit_code(result)


@cli.command(short_help="Say what a rule is, and whether it is in force here.")
@click.argument("rule")
@JSON
def explain(rule: str, as_json: bool) -> int:
    """Say what RULE (`ruff:F821`, or `F821`) is, whether it is in force here, why, what is wrong and what is right."""
    from qualitygate.actor import agent
    from qualitygate.commands.explain import explain as command
    from qualitygate.reporters import explanation as reporter

    told = command(Path.cwd(), rule)
    render = reporter.render_json if as_json else reporter.render
    Console().write_result(render(told, for_agent=agent() is not None))
    return 0


@cli.command(short_help="Install the git hooks in this clone.")
@PATH
@click.option("--trust", is_flag=True, help="Allow what this repository can make us execute (its own tools, plugins).")
@click.option("--strict", is_flag=True, help="Let branches of this clone move only to what the gate has seen.")
@QUIET
def install(path: Path, trust: bool, strict: bool, quiet: bool) -> int:
    """Install the git hooks in this clone; nothing is planned or written to the work tree."""
    from qualitygate.commands.install import install as command
    from qualitygate.reporters.setting_up import render_install
    from qualitygate.reporters.steps import Steps

    console = Console()
    with Steps(console, quiet=quiet) as steps:
        result = command(path, trust_it=trust, ask=_ask(steps.paused), strict=strict, progress=steps)
    console.write_result(render_install(result))
    return 0


@cli.command(short_help="Take the git hooks out again.")
@PATH
def uninstall(path: Path) -> int:
    """Take the git hooks out of this clone and put back those that were there."""
    from qualitygate.commands.install import uninstall as command
    from qualitygate.reporters.setting_up import render_uninstall

    Console().write_result(render_uninstall(command(path)))
    return 0


@cli.command(short_help="Copy the shared settings that this repository extends.")
@PATH
@click.option("--check", is_flag=True, help="Say how copies and sources differ; write nothing.")
@JSON
def sync(path: Path, check: bool, as_json: bool) -> int:
    """Copy what `extend` of qualitygate.toml names to .qualitygate/extended/, and lock it. The gate fetches nothing.

    A copy that was edited by hand is not overwritten. With --check: 1 for drift, 2 where a source cannot be read.
    """
    from qualitygate.commands import sync as command
    from qualitygate.reporters import sync as reporter

    if not check:
        done = command.sync(path)
        Console().write_result(reporter.render_synced_json(done) if as_json else reporter.render(done))
        return 0
    drift = command.check(path)
    Console().write_result(reporter.render_json(drift) if as_json else reporter.render_drift(drift))
    return reporter.exit_code(drift)


@cli.command(name="git-hook", hidden=True, context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def git_hook(name: str, args: tuple[str, ...]) -> int:
    """What an installed git hook calls where it cannot find its own interpreter."""
    from qualitygate.git_hook import main as command

    return command([name, *args])


@cli.command(short_help="What the hooks of a coding agent call.", context_settings={"ignore_unknown_options": True})
@click.argument("args", nargs=-1, type=click.UNPROCESSED, metavar="AGENT EVENT")
def hook(args: tuple[str, ...]) -> int:
    """Answer one event of a coding agent, read from standard input as JSON, in that agent's own protocol."""
    from qualitygate.agent_hook import main as command

    return command(args)


@cli.command(
    short_help="Run a coding agent until the gate passes.", context_settings={"allow_interspersed_args": False}
)
@click.option("--max", "most", type=click.IntRange(1, 50), default=5, show_default=True, help="How many rounds.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, required=True)
@JSON
def loop(most: int, command: tuple[str, ...], as_json: bool) -> int:
    """Run COMMAND, judge the work tree, hand the report to COMMAND, and so on, until it passes or gets nowhere.

    The report takes the place of `{report}` in COMMAND, or follows on its standard input what is piped in here.
    """
    from qualitygate.commands.loop import loop as run_loop
    from qualitygate.reporters import rounds
    from qualitygate.reporters.verdict import for_agent, show

    console = Console()
    looped = run_loop(
        Path.cwd(),
        command,
        report=lambda verdict: for_agent(verdict, "finish"),
        most=most,
        prompt=b"" if sys.stdin.isatty() else sys.stdin.buffer.read(),
        told=lambda done: console.say(rounds.render_round(done)),
    )
    if as_json:
        console.write_result(rounds.render_json(looped))
    else:
        show(console, looped.verdict, "text")
        console.say(rounds.render_end(looped))
    return looped.code


@cli.command(short_help="Set up a gate that fits, prove it, install it.")
@PATH
@click.option(
    "--dry-run", is_flag=True, help="Print the plan and the diff; write nothing, execute nothing of the repository."
)
@click.option("--trust", is_flag=True, help="Allow what this repository can make us execute (its own tools, plugins).")
@click.option("--no-install", is_flag=True, help="Write and prove the configuration, but install no git hooks.")
@click.option(
    "--manager",
    type=click.Choice(["auto", "git", "pre-commit", "prek", "husky", "lefthook"]),
    default="auto",
    show_default=True,
    help="Who runs the git hooks; auto: who does so already, git: scripts of ours.",
)
@click.option("--hook-repo", metavar="URL", default="", help="Where the shared hooks are referenced from.")
@click.option("--hook-rev", metavar="REV", default="", help="The revision of the shared hooks.")
@click.option(
    "--ci",
    type=click.Choice(["auto", "github", "gitlab", "none"]),
    default="auto",
    show_default=True,
    help="Which CI service runs the gate too.",
)
@click.option(
    "--agents", metavar="NAMES", default="auto", show_default=True, help="Agents to register with: claude; or none."
)
@JSON
@QUIET
@COLOR
@NO_COLOR
def bootstrap(path: Path, as_json: bool, quiet: bool, color: str, no_color: bool, **options: Any) -> int:
    """Set up a gate that fits this repository, prove it, and install it."""
    from qualitygate.commands.bootstrap import Options
    from qualitygate.commands.bootstrap import bootstrap as command
    from qualitygate.reporters import setting_up as reporter
    from qualitygate.reporters.steps import Steps

    console = _console(color, no_color)
    with Steps(console, quiet=quiet) as steps:
        result = command(path, options=Options(**options), ask=_ask(steps.paused), progress=steps)
    if as_json:
        console.write_result(reporter.bootstrap_json(result))
    elif quiet and not result.dry_run:
        console.write_result("\n".join(reporter.ending(result)))
    elif console.is_screen:
        from qualitygate.reporters.bootstrap_screen import render

        console.write_result(render(result, console))
    else:
        console.write_result(reporter.render_bootstrap(result))
    return 0


@cli.command(short_help="Judge the last commits as the gate would have.")
@PATH
@click.option("--last", type=click.IntRange(1, 10_000), default=100, show_default=True, help="How many commits.")
@click.option("--seconds", type=click.FloatRange(1), default=300, show_default=True, help="How long it may take.")
@JSON
def replay(path: Path, last: int, seconds: float, as_json: bool) -> int:
    """Judge the last commits as the gate would have, had it stood there. Nothing is written."""
    from qualitygate.commands.replay import replay as command
    from qualitygate.reporters import replay as reporter

    console = Console()
    result = command(path, last=last, seconds=seconds, progress=console.progress)
    console.write_result(reporter.render_json(result) if as_json else reporter.render(result))
    return 0


@cli.command(short_help="Say whether the gate stands here, and what mends it.")
@PATH
@click.option("--fix", is_flag=True, help="Bring what is ours up to date: the git hooks, and the scripts they call.")
@click.option("--no-try", is_flag=True, help="Only look: commit nothing in a scratch repository.")
@JSON
def doctor(path: Path, fix: bool, no_try: bool, as_json: bool) -> int:
    """Say whether the hooks of this clone and worktree are there and hold: each is tried on a seeded defect.

    That happens in a scratch repository, where the other hooks of this one run too. Nothing is written here.
    """
    from qualitygate.commands.doctor import doctor as command
    from qualitygate.reporters import diagnosis as reporter

    console = Console()
    found = command(path, fix=fix, live=not no_try, progress=console.progress)
    console.write_result(reporter.render_json(found) if as_json else reporter.render(found))
    return found.code


@cli.command(short_help="Take bootstrap back, to the byte.")
@PATH
def undo(path: Path) -> int:
    """Take bootstrap back: restore every file that it wrote, and remove the hooks."""
    from qualitygate.commands.undo import undo as command
    from qualitygate.reporters import setting_up as reporter

    result = command(path)
    Console().write_result(reporter.render_undo(result))
    return 2 if result.refused else 0
