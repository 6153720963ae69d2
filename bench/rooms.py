"""The rooms suite: what a room's screen and the lists of rooms cost, and how that grows.

The hall (room 1: 10,000 members, 1,000 of whom listen) and the club (room 2: 1,000 members and
place for more) are the same at every size, as are the eight readers with their forty rooms; what
grows are the rooms around them. What happens in rooms has
its data in parts of its own in bench/sql/, listed in generate.ROOMS, and its cases here or in a
suite of its own (bench.chat, bench.sessions, bench.votes).
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from bench.community import Community, DeepList, depth, void
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place

HALL, CLUB = 1, 2
READERS = "select id::text from public.profiles where username like 'reader\\_%' order by username"
ROOM = "select id::text from public.rooms where slug = 'room-{}'"
ROW = "select room.* from public.rooms as room where room.id = $1"
# Presence and pulses grow old; for the bench everybody was seen just now, and again and again.
WAKE = """
update private.settings set value = maximum where name ~ '^room_(active|pulse)_seconds$';
update private.rate_limit_rules set capacity = 100000, refill_seconds = 0.001;
update public.room_presence set last_seen_at = now();
delete from private.room_activity as later using private.room_activity as former
  where (later.room_id, later.slot) = (former.room_id, former.slot)
    and later.bucket > former.bucket;
update private.room_activity set bucket = date_bin('5 minutes', now(), '2001-01-01 00:00:00+00');
update private.room_pulses set refreshed_at = now();
vacuum (analyze) public.room_presence;
vacuum (analyze) private.room_activity;
vacuum (analyze) private.room_pulses;
"""


@dataclass(frozen=True)
class RoomCall:
    """Something a reader asks for. call: $1 is the room; undo: what makes it possible again."""

    call: str
    room: int | None = None
    buffers: int = 600
    undo: str | None = None


CASES: dict[str, RoomCall] = {
    "discover_rooms": RoomCall("select * from public.discover_rooms()"),
    "discover_rooms of a genre": RoomCall(
        "select * from public.discover_rooms(genre => 'acoustic')"
    ),
    "discover_rooms, a rare word": RoomCall("select * from public.discover_rooms('zanzibar')"),
    "discover_rooms, a common word": RoomCall("select * from public.discover_rooms('techno')"),
    "trending_rooms": RoomCall("select * from public.trending_rooms()"),
    "live_now": RoomCall("select * from public.live_now()"),
    "my_rooms": RoomCall("select * from public.my_rooms()"),
    "room_state of the hall": RoomCall("select public.room_state($1::uuid)", HALL),
    "room_members of the hall": RoomCall("select * from public.room_members($1::uuid)", HALL),
    "room_messages of the hall": RoomCall("select * from public.room_messages($1::uuid)", HALL),
    "send_message in the hall": RoomCall(
        "select * from public.send_message($1::uuid, 'What a track!')", HALL
    ),
    "heartbeat in the hall": RoomCall("select public.heartbeat($1::uuid)", HALL),
    "join_room, the club": RoomCall(
        "select public.join_room($1::uuid)", CLUB, 1_200, "select public.leave_room($1::uuid)"
    ),
}
DEEP = {
    "discover_rooms": DeepList(
        "select * from public.discover_rooms(after => $1)",
        "select private.encode_cursor('discover_rooms', jsonb_build_array('|', 0, id)::text)"
        " from public.rooms where visibility = 'public' order by id desc offset {depth} limit 1",
    ),
    "trending_rooms": DeepList(
        "select * from public.trending_rooms(after => $1)",
        "select private.encode_cursor('trending_rooms',"
        " jsonb_build_array(listener_count, event_count, room_id)::text)"
        " from private.room_pulses where is_listed"
        " order by listener_count desc, event_count desc, room_id desc"
        " offset {depth} / 20 limit 1",
    ),
    "room_members of the hall": DeepList(
        "select * from public.room_members($2::uuid, after => $1)",
        "select private.encode_cursor('room_members',"
        " jsonb_build_array(room_id, role, joined_at, user_id)::text)"
        f" from public.room_members where room_id = ({ROOM.format(HALL)})::uuid"
        " order by role desc, joined_at desc, user_id desc offset {depth} / 10 limit 1",
        ROOM.format(HALL),
    ),
}
CHAT = {
    "room_messages of the hall": DeepList(
        "select * from public.room_messages($2::uuid, after => $1)",
        "select private.encode_cursor('room_messages:' || room_id, id::text)"
        f" from public.messages where room_id = ({ROOM.format(HALL)})::uuid"
        " order by id desc offset {depth} limit 1",
        ROOM.format(HALL),
    ),
}


class Rooms(Community):
    """A database with rooms, all awake: listeners were seen just now, no rate limit counts.

    owner_url: of the superuser, who may change rules and explain what runs inside functions.
    """

    def __init__(self, url: str, owner_url: str) -> None:
        super().__init__(url)
        self.owner_url = owner_url
        with psycopg.connect(owner_url, autocommit=True) as connection:
            for statement in WAKE.strip().split(";\n"):
                connection.execute(statement.encode())
        self.people = [str(one) for (one,) in self.owner.connection.execute(READERS.encode())]

    def room(self, number: int) -> str:
        """The id of a room by its number."""
        return self.value(ROOM.format(number))

    def row(self) -> Case:
        """K: one row by primary key, as the owner of the tables, another at each call."""
        found = self.owner.connection.execute(
            "select id::text from public.rooms order by hashtextextended(id::text, 1) limit 500"
        )
        ids = [str(identity) for (identity,) in found]
        return Case(
            "K",
            lambda i: void(self.owner.run(ROW, ids[i * 7 % len(ids)])),
            backend=self.owner.backend,
        )

    def case(self, name: str, wanted: RoomCall) -> tuple[Case, int]:
        """A call that each reader makes in turn, and the most buffers it takes."""
        parameters = [] if wanted.room is None else [self.room(wanted.room)]
        if wanted.undo is None:
            return self.page(name, wanted.call, [(person, parameters) for person in self.people])
        undo = wanted.undo
        buffers = 0
        for person in self.people * 2:  # the first call of a session reads the catalog too
            self.reader.become(person)
            buffers = self.reader.explain(wanted.call, *parameters)
            self.reader.run(undo, *parameters)

        def prepare(i: int) -> None:
            self.reader.become(self.people[i % len(self.people)])
            self.reader.run(undo, *parameters)

        return Case(
            name, lambda _: void(self.reader.run(wanted.call, *parameters)), prepare
        ), buffers


def growth(
    place: Place, number: int, cases: Mapping[str, RoomCall] = CASES, most: float = 1.2
) -> list[Result]:
    """Each call with a hundred times as many rooms around it, and its buffers."""
    with place.both(Rooms) as (big, small):
        timed = [big.row(), big.floor()]
        buffers = {}
        for name, wanted in cases.items():
            case, buffers[name] = big.case(name, wanted)
            before, _ = small.case(f"{name}, small", wanted)
            timed += [case, before]
        times = rounds(timed, number=number)
        for floor in ("K", "P"):
            print(f"{floor} = {statistics.median(times[floor]):.3f} ms")
        for name in cases:
            print(f"{name}: {ratio(times, name, 'K'):.1f} K, {ratio(times, name, 'P'):.1f} P")
    return [
        *(
            Result("growth", name, ratio(times, name, f"{name}, small"), most, "×")
            for name in cases
        ),
        *(
            Result("buffers", name, buffers[name], wanted.buffers, "buffers")
            for name, wanted in cases.items()
        ),
    ]


def deep_rooms(place: Place, number: int) -> list[Result]:
    """Lists at depth 80 000 (trending: 4 000, members: 8 000) against their own first pages."""
    with place.both(Rooms):
        reader = f"{READERS} limit 1"
        return [
            *depth(place, DEEP, reader, number, rows=80_000),
            *depth(place, CHAT, reader, number),
        ]
