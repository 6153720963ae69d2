"""The plays suite: record_play against the bare insert of the row it stores."""

from __future__ import annotations

import itertools
from uuid import uuid4

from bench.community import Community
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place

PLAY = "select public.record_play($1::uuid, 200000, $2::uuid)"
BARE = """
insert into public.plays (track_id, listener_id, ms_played, is_counted, source, client_event_id)
values ($1::uuid, $2::uuid, 200000, true, 'app', $3::uuid)
"""
LISTENERS = """
select listener_id::text from private.listeners as listener
where listener_id not in (select profile_id from private.hidden_profiles)
  -- Who has listened in an earlier run today would not count again.
  and not exists (
    select from public.plays as play
    where play.listener_id = listener.listener_id and play.played_at > now() - interval '1 day'
  )
order by hashtextextended(listener_id::text, 1) limit 20000
"""
TRACKS = """
select id::text from public.tracks where artist_id is null and status = 'published'
order by hashtextextended(id::text, 1) limit 20000
"""


def record_play(place: Place, number: int) -> list[Result]:
    """Plays that count, each of another listener's and of another track, one client, durable."""
    community = Community(place.url(place.big))
    owner, reader = community.owner, community.reader
    listeners = [str(row[0]) for row in owner.connection.execute(LISTENERS)]
    tracks = [str(row[0]) for row in owner.connection.execute(TRACKS)]
    places = itertools.cycle(range(min(len(listeners), len(tracks))))
    now = [0]

    def next_listener(_: int) -> None:
        now[0] = next(places)
        reader.become(listeners[now[0]])

    def play(_: int) -> None:
        said = reader.run(PLAY, tracks[now[0]], str(uuid4())).get_value(0, 0)
        if said != b'{"is_counted": true}':
            raise RuntimeError(f"a play that does not count: {said!r}")

    def bare(_: int) -> None:
        owner.run(BARE, tracks[now[0]], listeners[now[0]], str(uuid4()))

    times = rounds(
        [Case("record_play", play, next_listener), Case("bare", bare, next_listener)],
        number=number,
    )
    community.close()
    return [Result("record_play", "time", ratio(times, "record_play", "bare"), 4, "× bare insert")]
