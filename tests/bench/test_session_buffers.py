"""The suites of sessions and votes at a small size, and the gate on what a state touches."""

from __future__ import annotations

import pytest

from bench.measure import rounds
from bench.place import Place
from bench.rooms import HALL, Rooms
from bench.sessions import ROOMS, STATE_BUFFERS, Sessions, due
from bench.votes import votes
from devstack.parts.postgres import PostgresServer

STANDS = """
select session.sequence, session.current_item_id, count(item.id), count(vote.item_id)
from public.dj_sessions as session
join public.queue_items as item on item.session_id = session.id and item.status = 'queued'
left join public.queue_votes as vote on vote.item_id = session.current_item_id
where session.id = %s
group by session.id"""


@pytest.mark.parametrize("name", ROOMS)
def test_a_state_touches_few_buffers_however_many_rooms(name: str, many: Rooms, few: Rooms) -> None:
    buffers = []
    for rooms in (few, many):
        sessions = Sessions(rooms)
        buffers.append(sessions.state(name, ROOMS[name])[1])
        sessions.close()
    assert buffers[1] <= STATE_BUFFERS
    assert buffers[1] <= 1.2 * buffers[0] + 10


def test_of_what_is_timed_nothing_stays(many: Rooms) -> None:
    sessions = Sessions(many)
    before = sessions.owner.execute(STANDS, [sessions.of(HALL)]).fetchall()
    times = rounds([sessions.advance("advance"), sessions.vote("vote")], number=1, calls=2)
    assert {name: len(found) for name, found in times.items()} == {"advance": 1, "vote": 1}
    assert before == sessions.owner.execute(STANDS, [sessions.of(HALL)]).fetchall() != []
    sessions.close()


def test_all_that_are_due_are_moved_on_in_one_pass(server: PostgresServer, few: Rooms) -> None:
    name = few.owner.connection.info.dbname
    (result,) = due(Place(server, name, name, name), number=1)
    assert result.value > 0
    assert int(result.name.split()[0]) > 100


def test_after_many_voted_at_once_every_count_is_right(server: PostgresServer, few: Rooms) -> None:
    name = few.owner.connection.info.dbname
    found = votes(Place(server, name, name, name), number=1, each=4, items=20)
    assert all(result.value > 0 for result in found)
    assert found[-1].value == 1
    # And those who came to vote are gone again.
    (row,) = few.owner.connection.execute(
        "select count(*) from public.queue_votes where voted_at > now() - interval '1 day'"
    )
    assert row == (0,)
