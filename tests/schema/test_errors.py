"""Every token is documented, and every RPC names the errors it may answer with."""

from __future__ import annotations

import re

import pytest

from devstack import docs
from devstack.docs_errors import (
    UNREACHABLE,
    database_errors,
    function_errors,
    raised_by,
)
from devstack.sql_functions import call_graph, functions, reach, source_text, triggers
from tests.database import Connection

# Every write may answer with it, and it says what it means.
GENERAL = {"account_gone"}
# A trigger on what somebody writes refuses who is muted; whether what a door writes has words is
# not in the graph. Which doors refuse them is tried in tests/api/trust/test_muted.py.
BY_WORDS = {"muted"}


def commented(db: Connection) -> dict[str, str]:
    """The comment of every public and backend function, named as in docs/errors.md."""
    found = db.execute(
        "select case nspname when 'public' then '' else nspname || '.' end || proname as name,"
        " obj_description(proc.oid, 'pg_proc') as comment"
        " from pg_proc as proc join pg_namespace on pg_namespace.oid = pronamespace"
        " where nspname in ('public', 'backend')"
    ).fetchall()
    return {row["name"]: row["comment"] or "" for row in found}


def named_errors(name: str, comments: dict[str, str]) -> set[str]:
    """The tokens after `Errors:` in a comment, or those of the function it refers to."""
    text = comments[name]
    if referred := re.search(r"(?:Errors: as|^As) (\w+)\.", text, re.MULTILINE):
        return named_errors(referred[1], comments)
    _, _, listed = text.partition("Errors:")
    said = re.sub(r";[^)]*\)", ")", listed)
    return set(re.findall(r"\b(?:[a-z]+(?:_[a-z]+)+|banned|muted)\b", said))


def misnamed(
    comments: dict[str, str], raised: dict[str, set[str]], registered: set[str]
) -> list[str]:
    """What is wrong in the comments: unknown tokens, tokens never raised, tokens not named."""
    wrong = []
    for name in sorted(comments):
        named = named_errors(name, comments)
        wrong += [f"{name}: {token} is no token" for token in sorted(named - registered)]
        wrong += [
            f"{name}: never raises {token}" for token in sorted((named & registered) - raised[name])
        ]
        wrong += [
            f"{name}: does not name {token}"
            for token in sorted(raised[name] - named - GENERAL - BY_WORDS)
        ]
    return wrong


def test_errors_md_is_what_sql_and_functions_give() -> None:
    page = next(page for page in docs.PAGES if page.name == "errors")
    assert docs.renew(page, is_check=True), "run `make docs`"


def test_every_call_of_raise_error_is_understood() -> None:
    text = source_text()
    calls = len(re.findall(r"perform private\.raise_error\(", text))
    assert calls == sum(len(function.errors) for function in functions(text).values())
    assert calls > 50
    defined = len(re.findall(r"create or replace function", text))
    assert defined == len(functions(text))


def test_a_token_has_one_status_and_one_spelling() -> None:
    for token, errors in database_errors().items():
        assert len({error.status for error in errors}) == 1, token
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", token)
    assert all(400 <= error.status <= 599 for error in function_errors())


def test_nothing_is_raised_but_by_raise_error() -> None:
    raising = {
        function.name
        for function in functions(source_text()).values()
        if re.search(r"raise (?:exception|sqlstate|using)", function.body)
    }
    # One is the helper itself; one catches its own; six guard against ourselves, one against
    # uploads that end too late.
    assert raising == {
        "private.raise_error",
        "private.decode_cursor",
        "private.tg__append_only",
        "private.tg__keep_ledger",
        "private.tg_moderation_log__append_only",
        "private.tg_objects__keep_track_file",
        "private.tg_ledger_postings__balance",
        "private.tg_orders__move",
        "private.refuse_row",
    }


def test_every_rpc_names_the_errors_it_may_raise(db: Connection) -> None:
    assert misnamed(commented(db), raised_by(), set(database_errors())) == []


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("Errors: post_not_fund (404).", "post: post_not_fund is no token"),
        ("Errors: post_not_found, rate_limited.", "post: never raises rate_limited"),
        ("One post", "post: does not name post_not_found"),
    ],
)
def test_a_wrong_comment_is_found(comment: str, said: str, db: Connection) -> None:
    quoted = comment.replace("'", "''")
    db.execute(f"comment on function public.post(uuid) is '{quoted}'")
    assert said in misnamed(commented(db), raised_by(), set(database_errors()))


def test_what_is_called_unreachable_is_in_the_call_graph() -> None:
    text = source_text()
    known = functions(text)
    graph = call_graph(known, triggers(text))
    for door, reasons in UNREACHABLE.items():
        if " " in door:
            continue
        start = door if "." in door else f"public.{door}"
        reached = {error.token for name in reach(graph, {start}) for error in known[name].errors}
        assert set(reasons) <= reached, f"{door}: listed without need"


def test_every_token_can_be_met_by_somebody() -> None:
    met = set[str]().union(*raised_by().values())
    # Run once by the owner of the database.
    assert set(database_errors()) - met == {"super_admin_exists"}
