"""`backbeat`: the development stack from a command line."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from devstack import checks, draft, run, schema
from devstack.home import Home
from devstack.processes import DevstackError
from devstack.stack import Stack, open_stack

app = typer.Typer(
    help="Backbeat's development stack: all of Supabase on one machine, without Docker.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False, soft_wrap=True)


class Output(StrEnum):
    """How `status` prints."""

    TABLE = "table"
    ENV = "env"
    JSON = "json"


@app.command()
def up(
    detach: Annotated[bool, typer.Option(help="Return once every part answers.")] = False,
    seed: Annotated[bool, typer.Option(help="Fill an empty database with a community.")] = True,
) -> None:
    """Start the stack; Ctrl-C stops it."""
    start = run.start_detached if detach else run.keep_up
    with _told_plainly():
        raise typer.Exit(start(Home.from_environment(), say, show, seed=seed))


@app.command()
def down() -> None:
    """Stop the stack."""
    with _told_plainly():
        home = Home.from_environment()
        say("stopped" if run.stop_running(home, say) else f"No stack is running in {home.folder}.")


@app.command()
def reset() -> None:
    """Remove the stack's data; a running stack is started again, empty but for the seed."""
    with _told_plainly():
        home = Home.from_environment()
        was_running = run.stop_running(home, say)
        run.remove_data(home)
        say(f"The data in {home.folder} is gone.")
        if was_running:
            raise typer.Exit(run.start_detached(home, say, show))
        say("make up starts afresh.")


@app.command()
def status(
    output: Annotated[Output, typer.Option("--output", "-o", help="For people or programs.")] = (
        Output.TABLE
    ),
) -> None:
    """Show each part, or print what a program needs to use the stack."""
    with _told_plainly():
        home = Home.from_environment()
        if output is Output.TABLE:
            raise typer.Exit(_show_status(home))
        values = open_stack(home).values()
        if output is Output.JSON:
            print(json.dumps(values, indent=2))
        else:
            print("\n".join(f'{name}="{value}"' for name, value in values.items()))


@app.command("migrate")
def migrate_command() -> None:
    """Apply pending migrations to the running stack, or to the project that .env names."""
    with _told_plainly():
        stack = open_stack(Home.from_environment())
        if stack.settings.has_supabase:
            say(stack.push_to_project())
            return
        before = set(stack.applied_migrations())
        stack.migrate(say)
        with stack.server.connect() as connection:
            connection.execute("notify pgrst, 'reload schema'")
        new = sorted(set(stack.applied_migrations()) - before)
        say(f"applied: {', '.join(new)}" if new else "The database is up to date.")


@app.command()
def migration(name: str) -> None:
    """Draft the migration from what is committed to what sql/ says."""
    with _told_plainly():
        path = draft.draft_migration(name)
        say(f"{path}: read it before you commit it" if path else draft.NOTHING)


@app.command()
def baseline(
    check: Annotated[bool, typer.Option(help="Only compare with what is committed.")] = False,
) -> None:
    """Write the baseline migration from sql/."""
    with _told_plainly():
        if check:
            schema.check_baseline()
        else:
            say("baseline written" if schema.make_baseline() else "The baseline is current.")


@app.command()
def types(
    check: Annotated[bool, typer.Option(help="Only compare with what is committed.")] = False,
) -> None:
    """Generate TypeScript and pydantic types of the API."""
    _delegate("devstack.types", ["--check"] if check else [])


@app.command()
def demo() -> None:
    """Tell the story of a community as real clients, starting a stack if there is none."""
    _delegate("devstack.demo", [])


@app.command()
def check() -> None:
    """Run what CI runs: format, lint, types, generated files, tests."""
    with _told_plainly():
        raise typer.Exit(checks.run_all(say))


def say(line: str) -> None:
    """One line of progress."""
    console.print(line, markup=False)


def show(stack: Stack) -> None:
    """What a person needs to start using the stack."""
    say("")
    for name, value in (
        ("URL", stack.url),
        ("Publishable key", stack.publishable_key),
        ("Secret key", stack.secret_key),
        ("Database", stack.database_url),
        ("Functions", stack.functions_url),
    ):
        if value:
            say(f"  {name:<16} {value}")
    for email, password in stack.sign_ins[:3]:
        say(f"  {'Sign in as':<16} {email}  {password}")
    say(f"  {'Logs':<16} {stack.home.logs}")
    say("")
    say("  Try:")
    say(f"    {curl(stack)}")
    say("")


def curl(stack: Stack) -> str:
    """A request that works as it stands."""
    if not stack.sign_ins:
        return f"curl '{stack.url}/rest/v1/' -H 'apikey: {stack.publishable_key}'"
    email, password = stack.sign_ins[0]
    body = json.dumps({"email": email, "password": password})
    return (
        f"curl '{stack.url}/auth/v1/token?grant_type=password' "
        f"-H 'apikey: {stack.publishable_key}' -H 'content-type: application/json' -d '{body}'"
    )


def _show_status(home: Home) -> int:
    state = home.state()
    if state is None:
        say(f"No stack is running in {home.folder}.")
        failure = home.folder / "failure.txt"
        if failure.exists():
            say(f"The last one stopped because:\n{failure.read_text()}")
        return 1
    say(f"{state['status']} in {home.folder} (process {state['pid']})")
    table = Table("part", "process", "address", "version", box=None, pad_edge=False)
    for name, part in state["parts"].items():
        table.add_row(name, str(part["pid"]), part["url"], part["version"])
    console.print(table)
    return 0


def _delegate(module: str, arguments: list[str]) -> None:
    with _told_plainly():
        code = importlib.import_module(module).main(arguments)
        raise typer.Exit(int(code or 0))


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn what a person can act on into one message and exit code 1."""
    try:
        yield
    except DevstackError as error:
        say(str(error))
        sys.exit(1)
    except PermissionError as error:
        say(f"Not allowed: {error.filename}. Was it made by another user, such as root?")
        sys.exit(1)
