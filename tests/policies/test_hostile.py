"""A hostile client at every table: thousands of attempts at what is somebody else's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

import pytest

from tests.database import actor, digest
from tests.hostile import SEED, chance
from tests.policies.attacker import (
    ACTORS,
    COMMANDS,
    ELSEWHERE,
    Attacker,
    Scene,
    attempt,
    command_of,
    judge,
    named,
    seen_openly,
)

Remark = Callable[[str, object], None]
ATTEMPTS = 10_000
# All that an attempt could change.
SCHEMAS = ("public", "private", "storage", "auth", "realtime")


@dataclass
class Report:
    """What became of attempts."""

    outcomes: Counter[str] = field(default_factory=Counter)
    commands: Counter[str] = field(default_factory=Counter)
    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    aimed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def attack(scene: Scene, attempts: int, tables: set[str] | None = None) -> Report:
    """Let everybody in turn try what chance says."""
    db, report, dice = scene.connection, Report(), chance("tables")
    before = digest(db, SCHEMAS)
    for place, name in enumerate(ACTORS):
        somebody = actor(db, name)
        attacker = Attacker(scene, somebody, dice, tables)
        if not attacker.targets:
            continue
        somebody.become()
        for _ in range(place, attempts, len(ACTORS)):
            tried = attacker.choose()
            answer = attempt(db, tried.statement, tried.parameters)
            outcome, fault = judge(scene, somebody, tried, answer)
            command = command_of(tried.kind)
            report.commands[command] += 1
            report.outcomes[f"{command} {outcome}"] += 1
            report.tried[tried.table, command] += tried.kind != ELSEWHERE
            report.aimed.append(named(scene.tables[tried.table], tried.row))
            if fault:
                text = tried.statement.as_string(db)
                report.wrong.append(f"{name}, {tried.kind}: {fault}\n{text} {tried.parameters}")
        somebody.leave()
    after = digest(db, SCHEMAS)
    report.wrong += [f"{table} has changed" for table in after if after[table] != before[table]]
    return report


@pytest.mark.timeout(600)
def test_ten_thousand_attempts_at_what_is_anothers(scene: Scene, record_property: Remark) -> None:
    assert sorted(name for name in scene.tables if not scene.world.knows(name)) == []
    assert [name for name, rows in scene.world.rows.items() if not rows] == []
    theirs, services = seen_openly(scene)
    report = attack(scene, ATTEMPTS)
    by_owners = sum(row in theirs for row in report.aimed)
    by_service = sum(row in services for row in report.aimed)
    words = ", ".join(f"{count} {what}" for what, count in sorted(report.outcomes.items()))
    pairs = set(product(scene.tables, COMMANDS))
    record_property(
        "remark",
        f"{len(report.aimed)} attempts at rows of others (HOSTILE_SEED={SEED}), each of the"
        f" {len(COMMANDS)} commands at each of the {len(scene.tables)} tables at least"
        f" {min(report.tried[pair] for pair in pairs)} times, {by_owners} of them at rows that"
        f" those they are for see, {by_service} that the service sees: {words};"
        f" {len(report.wrong)} leaks",
    )
    assert report.wrong == [], "\n".join(report.wrong[:10])
    # Not vacuous.
    assert len(report.aimed) == ATTEMPTS
    assert {pair for pair, count in report.tried.items() if count} == pairs
    assert by_owners > 0.8 * ATTEMPTS
    assert by_service > 0.8 * ATTEMPTS
    assert min(report.commands.values()) > 1000
    for what in ("select shown", "select nothing there", "update nothing there", "delete refused"):
        assert report.outcomes[what] > 100, what


@pytest.mark.parametrize(
    ("table", "hole"),
    [
        ("likes", "alter policy select_own on public.likes using (true)"),
        ("messages", "alter policy select_of_room on public.messages using (true)"),
        ("reports", "alter policy select_own_or_staff on public.reports using (true)"),
        ("products", "alter policy update_own on public.products using (true)"),
        ("products", "grant insert (seller_id) on public.products to authenticated"),
        ("follows", "alter policy delete_own on public.follows using (true)"),
        ("crates", "alter table public.crates disable row level security"),
        (
            "follows",
            """
            create function private.tg_hole() returns trigger language plpgsql security definer
            set search_path = '' as $$
            begin
              update public.profiles set bio = 'changed' where username = 'dan';
              return null;
            end;
            $$;
            create trigger _100_hole before delete on public.follows
            for each statement execute function private.tg_hole()
            """,
        ),
    ],
)
def test_a_hole_is_found(table: str, hole: str, scene: Scene) -> None:
    scene.connection.execute(hole.encode())
    assert attack(scene, 1500, {table}).wrong
