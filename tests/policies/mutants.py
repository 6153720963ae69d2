"""Each policy broken in every way we can think of."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.database import Connection, Row

POLICIES = """
  select schemaname || '.' || tablename as table_name, policyname as name, qual, with_check
  from pg_policies
  where schemaname in ('public', 'private', 'backend', 'storage', 'realtime')
  order by 1, 2
"""
_QUOTED = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True)
class Mutant:
    """One way to break a policy: what is done to it, and the statement that does it."""

    change: str
    statement: str


def policies(connection: Connection) -> list[Row]:
    """Every policy of ours, on our tables and the platform's."""
    return connection.execute(POLICIES).fetchall()


def mutants(policy: Row) -> list[Mutant]:
    """Dropped; each clause always true; each clause without one of its conditions."""
    table, name = policy["table_name"], policy["name"]
    made = [Mutant("dropped", f"drop policy {name} on {table}")]
    for words, clause in (("using", policy["qual"]), ("with check", policy["with_check"])):
        if clause in (None, "true"):
            continue
        for change, text in [("true", "true"), *weaker(clause)]:
            made.append(
                Mutant(f"{words} {change}", f"alter policy {name} on {table} {words} ({text})")
            )
    return made


def weaker(clause: str) -> Iterator[tuple[str, str]]:
    """The clause without one operand of one `and` or `or`: what was left out, what remains."""
    operator, operands = split(clause)
    if operator is None:
        return
    for place, operand in enumerate(operands):
        rest = [*operands[:place], *operands[place + 1 :]]
        yield f"without {operand}", _join(operator, rest)
        for change, text in weaker(operand):
            yield change, _join(operator, [*operands[:place], text, *operands[place + 1 :]])


def split(clause: str) -> tuple[str | None, list[str]]:
    """The operator at the top of a boolean expression as Postgres prints it, and its operands."""
    inner = clause.strip()
    # What is quoted must not be read as a parenthesis or a word.
    blind = _QUOTED.sub(lambda found: "'" * len(found[0]), inner)
    if not (blind.startswith("(") and _closing(blind) == len(blind) - 1):
        return None, [inner]
    inner, blind = inner[1:-1], blind[1:-1]
    for operator in (" AND ", " OR "):
        places = [
            found.start()
            for found in re.finditer(operator, blind)
            if blind.count("(", 0, found.start()) == blind.count(")", 0, found.start())
        ]
        if places:
            edges = [-len(operator), *places, len(inner)]
            return operator, [
                inner[start + len(operator) : end].strip()
                for start, end in itertools.pairwise(edges)
            ]
    return (None, [clause]) if not blind.startswith("(") else split(inner)


def _closing(blind: str) -> int:
    depth = 0
    for place, character in enumerate(blind):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    return -1


def _join(operator: str, operands: list[str]) -> str:
    return "(" + operator.join(operands) + ")"
