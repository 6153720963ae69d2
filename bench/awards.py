"""The awards suite: private.award against the bare insert of the row it stores."""

from __future__ import annotations

import itertools
import uuid

from bench.community import Community
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place

# As a trigger calls it: a deed of somebody who has earned before, within the cap.
AWARD = "select private.award($1::uuid, 'upvote_received', 'bench:' || $2, now(), 1)"
BARE = """
insert into public.point_events (user_id, rule, cause, points, season, earned_on)
values ($1::uuid, 'upvote_received', 'bare:' || $2, 2, '2026-Q4', current_date)
"""
PEOPLE = """
select user_id::text from public.progression
order by hashtextextended(user_id::text, 1) limit 2000
"""


def award(place: Place, number: int) -> list[Result]:
    """Awards, each another person's, one client, durable."""
    community = Community(place.url(place.big))
    owner = community.owner
    people = [str(row[0]) for row in owner.connection.execute(PEOPLE)]
    # Whatever an earlier run has awarded stays, and is awarded once.
    run_id = uuid.uuid4().hex
    causes = itertools.count()

    def run(statement: str) -> None:
        cause = next(causes)
        owner.run(statement, people[cause % len(people)], f"{run_id}:{cause}")

    times = rounds(
        [
            Case("award", lambda _: run(AWARD)),
            Case("bare", lambda _: run(BARE)),
        ],
        number=number,
    )
    community.close()
    return [Result("private.award", "time", ratio(times, "award", "bare"), 4, "× bare insert")]
