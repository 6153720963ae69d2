"""Calls about rooms touch few buffers, and as few with four times as many rooms around them."""

from __future__ import annotations

import json
import re

import psycopg
import pytest

from bench.rooms import CASES, CHAT, DEEP, Rooms
from tests.schema.counters import LAWS

# Tables a call must never read whole. The others are small here, or of one person.
LARGE = (
    "rooms", "room_members", "room_presence", "room_activity", "profiles",
    "room_bans", "room_invites", "join_requests", "person_cards", "messages",
    "message_reactions",
)  # fmt: skip
COMMON = "discover_rooms, a common word"


@pytest.mark.parametrize("law", LAWS)
def test_the_rooms_are_as_triggers_would_have_made_them(law: str, many: Rooms) -> None:
    assert many.owner.connection.execute(LAWS[law].encode()).fetchall() == []


@pytest.mark.parametrize("name", CASES)
def test_a_call_touches_few_buffers_however_many_rooms(name: str, many: Rooms, few: Rooms) -> None:
    buffers = [rooms.case(name, CASES[name])[1] for rooms in (few, many)]
    assert buffers[1] <= CASES[name].buffers
    # Of few rooms the matches of a common word are read page by page, of many one by one.
    assert buffers[1] <= 1.2 * buffers[0] + (200 if name == COMMON else 30)


@pytest.mark.parametrize("name", DEEP | CHAT)
def test_a_deep_page_touches_no_more_than_the_first(name: str, many: Rooms) -> None:
    wanted = (DEEP | CHAT)[name]
    many.reader.become(many.people[0])
    asked = [] if wanted.asked is None else [many.value(wanted.asked)]
    buffers = []
    for after in (None, many.value(wanted.locate.format(depth=3_000))):
        for _ in range(2):  # the first call of a session reads the catalog too
            assert many.reader.run(wanted.call, after, *asked).ntuples == 20
        buffers.append(many.reader.explain(wanted.call, after, *asked))
    # Other rows: more of them may answer something. 3 000 read and passed over would be hundreds.
    assert buffers[1] <= 1.2 * buffers[0] + 30


@pytest.mark.parametrize("name", CASES)
def test_no_plan_reads_a_large_table_whole(name: str, many: Rooms) -> None:
    wanted, plans = CASES[name], []
    parameters = [] if wanted.room is None else [many.room(wanted.room)]
    claims = json.dumps({"sub": many.people[0], "role": "authenticated"})
    with psycopg.connect(many.owner_url, autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: plans.append(notice.message_primary or ""))
        connection.execute("load 'auto_explain'")
        for setting, value in {
            "auto_explain.log_min_duration": "0",
            "auto_explain.log_nested_statements": "on",
            "auto_explain.log_level": "notice",
            "client_min_messages": "notice",
            "request.jwt.claims": claims,
        }.items():
            connection.execute("select set_config(%s, %s, false)", [setting, value])
        plans.clear()
        with connection.transaction(force_rollback=True):
            psycopg.RawCursor(connection).execute(wanted.call, parameters)
    said = "\n".join(plans)
    assert "Index" in said
    assert re.findall(rf"Seq Scan on ({'|'.join(LARGE)})\b.*", said) == []
