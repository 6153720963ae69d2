"""Whoever breaks a policy turns a test red: every mutant is killed by a check of its table."""

from __future__ import annotations

import re

import pytest

from devstack.sql_functions import source_text, strip_comments
from tests.database import Connection
from tests.policies.checks import Stage, passes, unseen
from tests.policies.matrices import CHECKS
from tests.policies.mutants import mutants, policies, split, weaker

NAMES = sorted(
    f"{table}.{name}"
    for name, table in re.findall(
        r"^create policy (\w+) on (\w+\.\w+)", strip_comments(source_text()), re.MULTILINE
    )
)


@pytest.mark.parametrize("name", NAMES)
def test_every_mutant_of_the_policy_is_killed(name: str, stage: Stage) -> None:
    db = stage.connection
    (policy,) = [
        policy for policy in policies(db) if f"{policy['table_name']}.{policy['name']}" == name
    ]
    # That all of them hold as long as nothing is broken is what test_access.py shows.
    checks = list(CHECKS[policy["table_name"]])
    survivors = []
    for mutant in mutants(policy):
        with unseen(db):
            db.execute(mutant.statement)
            killer = next((check for check in checks if not passes(check, stage)), None)
        if killer is None:
            survivors.append(mutant.change)
        else:
            # Who has noticed one is the likeliest to notice the next.
            checks.remove(killer)
            checks.insert(0, killer)
    assert survivors == []


def test_every_policy_of_the_database_is_tried(db: Connection) -> None:
    assert [f"{policy['table_name']}.{policy['name']}" for policy in policies(db)] == NAMES
    assert sum(len(mutants(policy)) for policy in policies(db)) > 80


def test_clauses_are_taken_apart_where_postgres_joined_them() -> None:
    clause = "((a = 'x AND (y'::text) AND ((b = 1) OR (c = ( SELECT f.g(1) AS g))))"
    assert split(clause) == (
        " AND ",
        ["(a = 'x AND (y'::text)", "((b = 1) OR (c = ( SELECT f.g(1) AS g)))"],
    )
    assert [change for change, _ in weaker(clause)] == [
        "without (a = 'x AND (y'::text)",
        "without ((b = 1) OR (c = ( SELECT f.g(1) AS g)))",
        "without (b = 1)",
        "without (c = ( SELECT f.g(1) AS g))",
    ]
    assert split("(a = 1)") == (None, ["(a = 1)"])
