"""What a person may do about a finding that stands, and what tells of it: `accept`, `waive`, `audit`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from qualitygate.cli_options import COLOR, JSON
from qualitygate.errors import QualityGateError
from qualitygate.output import Console


@click.command(short_help="Let one tree through, as a person.")
@click.option("--wip", is_flag=True, help="Unfinished work on a branch; never on the main one.")
@click.option("--reason", metavar="TEXT", default="", help="Why; asked for if it is not given.")
@COLOR
def accept(wip: bool, reason: str, color: str) -> int:
    """Let what is staged be committed as it is, after a look at what stands against it.

    A person types a word to confirm. It stays visible in every later report, and a push still fails.
    """
    from qualitygate.commands import accept as command
    from qualitygate.reporters import audit as reporter
    from qualitygate.reporters.verdict import show

    console = Console(color)
    terminal = sys.stdin.isatty() and sys.stderr.isatty()
    question = command.look(Path.cwd(), wip=wip, terminal=terminal, progress=console.progress)
    if question is None:
        console.write_result("there is nothing to accept: what is staged passes")
        return 0
    show(console, question.verdict, "text")
    console.say(reporter.consequence(wip=question.wip, final=question.final))
    typed = click.prompt(f"Type {question.word} to let this tree through", err=True, default="", show_default=False)
    if typed.strip() == question.word and not reason and not question.wip:
        reason = click.prompt("Why", err=True, default="", show_default=False)
    console.write_result(reporter.render_accepted(command.grant(question, typed=typed, reason=reason)))
    return 0


@click.command(short_help="Let a rule pass somewhere, or ask for it.")
@click.argument("rule", default="")
@click.argument("path", default="")
@click.option("--request", is_flag=True, help="Ask a person for it; this is how an agent does it.")
@click.option("--reason", metavar="TEXT", default="", help="Why.")
@click.option("--expires", metavar="DAY", default="", help="The last day it holds for (2027-01-31); 90 days from now.")
@click.option("--name", metavar="NAME", default="", help="One finding of several in a file, such as the id of a test.")
@JSON
def waive(rule: str, path: str, request: bool, reason: str, expires: str, name: str, as_json: bool) -> int:
    """Let RULE pass in PATH for a while: written to `.qualitygate/waivers.toml`, which counts on the trusted ref.

    RULE and PATH may hold `*`. Without them: list what is waived, and what is asked for. Only a person can grant.
    """
    from qualitygate.commands import waive as command
    from qualitygate.reporters import waivers as reporter

    console = Console()
    if bool(rule) != bool(path):
        raise click.UsageError("give both, RULE and PATH")
    if not rule:
        found = command.list_waivers(Path.cwd())
        console.write_result(reporter.render_json(found) if as_json else reporter.render_list(found))
        return 0
    if request:
        done = command.request(Path.cwd(), rule, path, reason=reason, name=name)
    else:
        command.ask_a_person(terminal=sys.stdin.isatty() and sys.stderr.isatty())
        typed = click.prompt(f"Type {rule} to let it pass in {path}", err=True, default="", show_default=False)
        if typed.strip() != rule:
            raise QualityGateError(f"not waived: {rule} was not typed", hint="nothing was changed")
        done = command.grant(Path.cwd(), rule, path, reason=reason, expires=expires, name=name)
    console.write_result(reporter.render_written_json(done) if as_json else reporter.render_written(done))
    return 0


@click.command(short_help="Say what went past the gate.")
@click.argument("range_", metavar="[RANGE]", default="")
@click.option("--no-judge", is_flag=True, help="Only look at records: do not judge what went past.")
@JSON
def audit(range_: str, no_judge: bool, as_json: bool) -> int:
    """Say what went past the gate in RANGE (A..B; by default what is not on the trusted ref yet), and what it carried.

    It also names settings that became weaker, hooks that are off or changed, and what this clone hides from git.
    """
    from qualitygate.commands.audit import audit as command
    from qualitygate.reporters import audit as reporter

    console = Console()
    result = command(Path.cwd(), range_, judge=not no_judge, progress=console.progress)
    console.write_result(reporter.render_json(result) if as_json else reporter.render_text(result))
    return 1 if result.has_something else 0
