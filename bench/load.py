"""Rates under load, by pgbench: set_like against the bare insert, PostgREST against its own SQL."""

from __future__ import annotations

import itertools
import json
import random
import re
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import jwt

from bench.generate import readers
from bench.goals import Result
from bench.http import requests_per_second
from bench.place import Place
from devstack.parts.postgres import SUPERUSER, bin_folder
from devstack.parts.postgrest import postgrest
from devstack.processes import free_port, spawn, stop, wait_until

SETUP = """
create schema bench;
create table bench.bare_likes (like public.likes including all);
insert into bench.bare_likes select * from public.likes;
create table bench.posts as
  select row_number() over () as n, id
  from public.posts
  where audience = 'public'
    and deleted_at is null
    and author_id not in (select profile_id from private.hidden_profiles);
alter table bench.posts add primary key (n);
create table bench.people as
  select row_number() over (order by id) - 1 as n, id
  from public.profiles
  where id not in (select blocker_id from public.blocks union select blocked_id from public.blocks)
    and id not in (select profile_id from private.hidden_profiles);
grant usage on schema bench to authenticated, postgres;
grant all on all tables in schema bench to postgres;
grant select on bench.posts, bench.people to authenticated;
vacuum (analyze) bench.bare_likes;
vacuum (analyze) bench.posts;
"""
# Each client of each measurement is another person; each transaction likes another post, none a
# second time, as a like that stands is no write. The bare insert is the same.
BECOME = """
\\if :is_ready
\\else
\\set person :first_person + :client_id
select set_config(
  'request.jwt.claims', json_build_object('sub', id, 'role', 'authenticated')::text, false
)
from bench.people where n = :person;
{role}
\\set is_ready 1
\\endif
\\set n random(1, {posts})
"""
SET_LIKE = "select public.set_like('post', (select id from bench.posts where n = :n), true);\n"
BARE = (
    "insert into bench.bare_likes (user_id, target_kind, target_id)"
    " select (current_setting('request.jwt.claims')::json ->> 'sub')::uuid, 'post', id"
    " from bench.posts where n = :n on conflict do nothing;\n"
)
# What PostgREST 12 sends for GET /rpc/home_feed, as its log shows.
REQUEST = """
begin isolation level read committed read only;
select set_config('search_path', '"public", "extensions"', true),
  set_config('role', 'authenticated', true),
  set_config('request.jwt.claims', '{claims}', true),
  set_config('request.method', 'GET', true), set_config('request.path', '/rpc/home_feed', true),
  set_config('request.headers', '{{"accept":"*/*"}}', true),
  set_config('request.cookies', '{{}}', true);
with pgrst_source as (select pgrst_call.* from public.home_feed() as pgrst_call)
select null::bigint as total_result_set, pg_catalog.count(_postgrest_t) as page_total,
  coalesce(json_agg(_postgrest_t), '[]') as body,
  nullif(current_setting('response.headers', true), '') as response_headers,
  nullif(current_setting('response.status', true), '') as response_status,
  '' as response_inserted
from (select pgrst_source.* from pgrst_source) as _postgrest_t;
commit;
"""
RATE = re.compile(r"tps = ([\d.]+) \(without initial")


def likes(place: Place, number: int, seconds: int) -> list[Result]:
    """set_like against the bare insert of the same row: time with 1 client, rate with 16."""
    with place.server.connect(place.big, SUPERUSER) as connection:
        connection.execute("drop schema if exists bench cascade")
        for statement in SETUP.split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())
        row = connection.execute("select count(*) from bench.posts").fetchone()
        assert row is not None
    scripts = {
        "set_like": BECOME.format(posts=row[0], role="set role authenticated;") + SET_LIKE,
        "bare": BECOME.format(posts=row[0], role="") + BARE,
    }

    turns = itertools.count(0, 16)

    def rate(name: str, clients: int) -> Callable[[], float]:
        return lambda: pgbench(place, scripts[name], clients, seconds, first_person=next(turns))

    cases = {f"{name} {clients}": rate(name, clients) for name in scripts for clients in (1, 16)}

    def checkpoint() -> None:
        with place.server.connect(place.big, SUPERUSER) as connection:
            connection.execute("checkpoint")

    rates = interleave(cases, number, before=checkpoint)
    one = statistics.median(
        a / b for a, b in zip(rates["bare 1"], rates["set_like 1"], strict=True)
    )
    many = statistics.median(
        a / b for a, b in zip(rates["set_like 16"], rates["bare 16"], strict=True)
    )
    return [
        Result("set_like", "time, 1 client", one, 2, "× bare insert"),
        Result("set_like", "rate, 16 clients", many, 0.5, "× bare insert", is_floor=True),
    ]


def through_postgrest(place: Place, number: int, seconds: int) -> list[Result]:
    """home_feed through PostgREST with 8 connections, against pgbench sending what it sends."""
    with place.server.connect(place.big) as connection:
        reader = readers(connection, 200)[0]
    claims = {"sub": reader, "role": "authenticated", "aud": "authenticated"}
    secret = secrets.token_urlsafe(48)
    token = jwt.encode({**claims, "exp": int(time.time()) + 7200}, secret)
    part = postgrest(
        port=free_port(),
        admin_port=free_port(),
        database_url=place.url(place.big, "authenticator"),
        jwt_secret=secret,
        public_url="http://127.0.0.1",
    )
    process = spawn(part.command, env=part.environment)
    try:
        wait_until(
            part.is_ready, alive=lambda: process.poll() is None, patience=30, what="postgrest"
        )
        script = REQUEST.format(claims=json.dumps(claims))
        rates = interleave(
            {
                "pgbench": lambda: pgbench(place, script, 8, seconds, role="authenticator"),
                "postgrest": lambda: requests_per_second(
                    part.url or "", "/rpc/home_feed", token, connections=8, seconds=seconds
                ),
            },
            number,
        )
    finally:
        stop(process)
    share = statistics.median(
        a / b for a, b in zip(rates["postgrest"], rates["pgbench"], strict=True)
    )
    return [Result("PostgREST", "home_feed, 8 connections", share, 0.45, "× pgbench", True)]


def interleave(
    cases: dict[str, Callable[[], float]], number: int, before: Callable[[], None] | None = None
) -> dict[str, list[float]]:
    """The rate of each case in each round, all cases in a new random order each round."""
    chance = random.Random(1)
    found: dict[str, list[float]] = {name: [] for name in cases}
    for name in [*cases]:
        cases[name]()
    for _ in range(number):
        for name in chance.sample([*cases], len(cases)):
            if before is not None:
                before()
            found[name].append(cases[name]())
    return found


def pgbench(
    place: Place,
    script: str,
    clients: int,
    seconds: int = 0,
    role: str = "postgres",
    first_person: int = 0,
    transactions: int = 0,
) -> float:
    """Transactions a second, with prepared statements: for so long, or so many of each client."""
    length = ["-t", str(transactions)] if transactions else ["-T", str(seconds)]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command: list[str | Path] = [
            bin_folder() / "pgbench", "-n", "-M", "prepared",
            "-D", "is_ready=0", "-D", f"first_person={first_person}", "-D", "n=0",
            "-c", str(clients), "-j", str(min(clients, 2)), *length, "-f", file.name,
            place.url(place.big, role),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = RATE.search(done.stdout)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"pgbench: {done.stdout}{done.stderr}")
    return float(found.group(1))
