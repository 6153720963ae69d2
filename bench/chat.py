"""The chat suite: what saying something in a room costs against the bare insert of its row."""

from __future__ import annotations

import psycopg

from bench.community import void
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place
from bench.rooms import HALL, Rooms

SETUP = """
create schema if not exists bench;
drop table if exists bench.bare_messages;
create table bench.bare_messages (like public.messages including all);
insert into bench.bare_messages (room_id, id, author_id, body, created_at)
  select room_id, id, author_id, body, created_at from public.messages where body is not null;
grant usage on schema bench to postgres;
grant insert on bench.bare_messages to postgres;
vacuum (analyze) bench.bare_messages;
"""
BARE = """
insert into bench.bare_messages (room_id, author_id, body, created_at)
values ($1::uuid, $2::uuid, $3, clock_timestamp())
"""
SEND = "select * from public.send_message($1::uuid, $2)"
BODY = "What a track, who is it by?"


def saying(place: Place, number: int) -> list[Result]:
    """send_message of members of the hall against the insert of the row, by the tables' owner."""
    with place.both(Rooms) as (big, _):
        with psycopg.connect(big.owner_url, autocommit=True) as connection:
            for statement in SETUP.strip().split(";\n"):
                connection.execute(statement.encode())
        hall = big.room(HALL)

        def become(i: int) -> None:
            big.reader.become(big.people[i % len(big.people)])

        def bare(i: int) -> None:
            void(big.owner.run(BARE, hall, big.people[i % len(big.people)], BODY))

        times = rounds(
            [
                Case("send_message", lambda _: void(big.reader.run(SEND, hall, BODY)), become),
                Case("bare", bare),
            ],
            number=number,
        )
    return [
        Result("send_message", "time", ratio(times, "send_message", "bare"), 4, "× bare insert")
    ]
