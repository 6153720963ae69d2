"""docs/errors.md: every error token, from the calls of private.raise_error and functions/."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from devstack.processes import ROOT
from devstack.sql_functions import (
    Error,
    call_graph,
    fired_by,
    functions,
    reach,
    source_text,
    strip_comments,
    triggers,
)

# What the call graph finds and what cannot happen, with the reason.
UNREACHABLE = {
    "block": {"follow_limit": "a block only removes follows, and the limit is checked on new ones"},
    "crate": {"bad_cursor": "it asks for the first page of items"},
    "create_track": {"artwork_invalid": "an upload has no picture elsewhere"},
    "update_track": {
        "artwork_invalid": "an upload has no picture elsewhere",
        "duration_invalid": "the length stays as it was",
    },
    "resolve_track": dict.fromkeys(
        ("bpm_invalid", "musical_key_invalid", "track_kind_unknown", "unknown_genre"),
        "it takes no such field",
    ),
    "unblock": {"follow_limit": "as block"},
    "unfollow": {"follow_limit": "the limit is checked on new follows"},
    "remove_follower": {"follow_limit": "the limit is checked on new follows"},
    "decide_follow_request": {
        "not_yourself": "nobody can have asked to follow themself",
        "follow_needs_approval": "the caller is who approves",
        "rate_limited": "only who follows spends a token",
    },
    "unrepost": {
        "post_not_public": "asked of a repost that is made",
        "rate_limited": "asked of a repost that is made",
    },
    "start_conversation": {"conversation_not_found": "the caller is in what they start"},
    "direct_message": {"conversation_not_found": "asked of a message the caller sees"},
    "create_comment": {
        "activity_not_found": "activity is not commented on",
        "direct_message_not_found": "messages are not commented on",
    },
    "comments_on": {
        "activity_not_found": "as create_comment",
        "comment_not_found": "comments are answered, not commented on",
        "direct_message_not_found": "as create_comment",
    },
    "share_crate": dict.fromkeys(
        (
            "body_missing",
            "media_count_wrong",
            "media_not_found",
            "post_kind_unknown",
            "shared_thing_unfit",
            "track_not_found",
            "track_not_published",
            "visibility_unknown",
        ),
        "it posts one crate, for an audience it chooses",
    ),
    "hide_comment": {"hidden_by_staff": "asked of a comment that is shown again"},
    "unpin_comment": {"comment_not_pinnable": "asked of a comment that is pinned"},
    "decide_case": {
        **dict.fromkeys(
            (
                "currency_disabled",
                "not_an_artist",
                "price_step",
                "seller_not_ready",
                "tracks_not_own",
            ),
            "a product is only hidden or switched off",
        ),
        **dict.fromkeys(("not_a_member", "not_a_moderator"), "staff are moderators of every room"),
        "feature_disabled": "moderators go on",
        "post_not_found": "as for update profiles",
        "product_sold": "what was sold is hidden instead",
    },
    "report": dict.fromkeys(
        ("activity_not_found", "direct_message_not_found"), "each kind has its own words"
    ),
    "backend.claim_detections": {"detection_not_found": "it goes by those it has found"},
    "backend.finish_pushes": {
        "message_not_found": "unknown messages are passed over",
        "outcome_missing": "each has an outcome",
    },
    "backend.stream_source": {"not_signed_in": "asked of a listener who is"},
    "delete from follows": {"follow_limit": "the limit is checked on new follows"},
    "update profiles": {
        "post_not_found": "raised for new likes and reposts, not for those that go"
    },
}
# What may_write, and can_write for it, ask in a policy.
ASKED_BY_POLICIES = ("private.require_feature", "private.refuse_banned")
OWNER_ONLY = "the owner of the database alone"
_DOOR = re.compile(
    r"^grant (?P<rights>[^;]*?) on (?P<table>public\.\w+) to (?P<roles>[^;]+);", re.M
)
_POLICY = re.compile(
    r"^create policy \w+ on (?P<table>public\.\w+)\s+for (?P<command>\w+) to .*?;", re.M | re.S
)


def parts() -> dict[str, str]:
    """The contents between the marks of docs/errors.md."""
    return {"database errors": _database_table(), "function errors": _function_table()}


@cache
def raised_by() -> dict[str, set[str]]:
    """The tokens that each door may answer with: RPCs by name, and writes to tables.

    Public RPCs are named as they are, those of backend with their schema.
    """
    text = source_text()
    known = functions(text)
    fired = triggers(text)
    graph = call_graph(known, fired)

    def tokens(start: set[str]) -> set[str]:
        return {error.token for name in reach(graph, start) for error in known[name].errors}

    doors = {
        name.removeprefix("public."): tokens({name})
        for name, function in known.items()
        if function.schema in ("public", "backend")
    }
    for words, table, statement, checks in _writes(strip_comments(text)):
        start = set(fired_by(statement, fired))
        for check in checks:
            start |= {
                name
                for called, closed in re.findall(r"\b(private\.\w+)\((\)?)", check)
                for name in (called, *(() if closed else ASKED_BY_POLICIES))
            }
        doors[f"{words} {table}"] = tokens(start)
    return {door: found - UNREACHABLE.get(door, {}).keys() for door, found in doors.items()}


def database_errors() -> dict[str, list[Error]]:
    """Every token of the database and the ways it is raised, first call first."""
    found: dict[str, list[Error]] = {}
    for function in functions(source_text()).values():
        for error in function.errors:
            same = found.setdefault(error.token, [])
            if error not in same:
                same.append(error)
    return found


def function_errors() -> list[Error]:
    """The errors of the cloud functions, from the exception tree."""
    module = _errors_module()
    found = {
        (kind.status, kind.token): Error(kind.status, kind.token, kind.message)
        for kind in _leaves(module.BackbeatError)
        if kind is not module.DatabaseRefusedError
    }
    return [found[key] for key in sorted(found)]


def _database_table() -> str:
    doors: dict[str, list[str]] = {}
    for door, tokens in raised_by().items():
        for token in tokens:
            doors.setdefault(token, []).append(door)
    rows = ["| token | status | what it says | raised by |", "| --- | --- | --- | --- |"]
    for token, errors in sorted(database_errors().items()):
        statuses = ", ".join(str(status) for status in sorted({error.status for error in errors}))
        sentences = " / ".join(dict.fromkeys(error.detail for error in errors))
        by = ", ".join(f"`{door}`" for door in sorted(doors.get(token, []))) or OWNER_ONLY
        rows.append(f"| `{token}` | {statuses} | {sentences} | {by} |")
    return "\n".join(rows)


def _function_table() -> str:
    rows = ["| token | status | what it says |", "| --- | --- | --- |"]
    rows += [
        f"| `{error.token}` | {error.status} | {error.detail} |" for error in function_errors()
    ]
    return "\n".join(rows)


def _writes(text: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """What clients may write to tables: words, table, a statement for fired_by, policy checks."""
    for grant in _DOOR.finditer(text):
        if "authenticated" not in grant["roles"]:
            continue
        table = grant["table"]
        for right, columns in re.findall(
            r"(insert|update|delete)(?: \(([^)]*)\))?", grant["rights"]
        ):
            words = {"insert": "insert into", "update": "update", "delete": "delete from"}[right]
            assigned = ", ".join(f"{name} =" for name in re.findall(r"\w+", columns))
            checks = [
                policy[0]
                for policy in _POLICY.finditer(text)
                if policy["table"] == table and policy["command"] == right
            ]
            yield words, table.removeprefix("public."), f"{words} {table} set {assigned};", checks


def _leaves(kind: Any) -> Iterator[Any]:
    children = kind.__subclasses__()
    concrete = "token" in vars(kind) and "message" in vars(kind)
    if concrete or not children:
        yield kind
    for child in children:
        yield from _leaves(child)


def _errors_module() -> ModuleType:
    path: Path = ROOT / "functions" / "backbeat" / "errors.py"
    spec = importlib.util.spec_from_file_location("backbeat_errors", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
