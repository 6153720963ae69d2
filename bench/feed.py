"""The feed suite: pages of the home feed, their growth and their buffers; feeds at depth."""

from __future__ import annotations

import statistics
from uuid import UUID

from bench.brute_force import first_difference
from bench.community import Community, DeepList, depth
from bench.generate import DEGREES, readers
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place

HOME = "select * from public.home_feed(after => $1)"
BACK = {"page 1": None, "2 days back": "2025-12-30", "90 days back": "2025-10-03"}
DEEP = {
    "global_feed": DeepList(
        "select * from public.global_feed(after => $1)",
        "select private.encode_cursor('global_feed', id::text) from public.posts"
        " order by id desc offset {depth} limit 1",
    ),
    "tag_feed": DeepList(
        "select * from public.tag_feed('deep', after => $1)",
        "select private.encode_cursor('tag_feed:deep', id::text) from public.posts"
        " order by id desc offset {depth} limit 1",
    ),
    "profile_feed": DeepList(
        "select * from public.profile_feed('hub', after => $1)",
        "select private.encode_cursor('profile_feed:' || author_id, id::text) from public.posts"
        " order by id desc offset {depth} limit 1",
    ),
    "followers": DeepList(
        "select * from public.followers('hub', after => $1)",
        "select private.encode_cursor('followers',"
        " jsonb_build_array(followee_id, created_at, follower_id)::text)"
        " from public.follows order by created_at desc offset {depth} limit 1",
    ),
    "my_likes": DeepList(
        "select * from public.my_likes('post', after => $1)",
        "select private.encode_cursor('my_likes:post',"
        " jsonb_build_array(created_at, target_id)::text)"
        " from public.likes where target_kind = 'post'"
        " order by created_at desc offset {depth} limit 1",
    ),
    "home_feed": DeepList(
        HOME,
        "select private.encode_cursor('home_feed', id::text) from private.feed_entries"
        " order by id desc offset {depth} limit 1",
    ),
}


def home(community: Community, name: str, degree: int, day: str | None) -> tuple[Case, int]:
    """A page of the home feed of those who follow so many, and the most buffers it takes."""
    cursor = None
    if day is not None:
        cursor = community.value(
            "select private.encode_cursor('home_feed', (lpad(to_hex((extract(epoch from"
            " $1::timestamptz) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid::text)",
            day,
        )
    people = readers(community.owner.connection, degree)
    return community.page(name, HOME, [(person, [cursor]) for person in people])


def home_feed(place: Place, number: int) -> list[Result]:
    """Pages of the home feed as multiples of P, how they grow with ten times the posts, buffers."""
    big, small = Community(place.url(place.big)), Community(place.url(place.small))
    cases, buffers = [big.floor()], {}
    for degree in DEGREES:
        for back, day in BACK.items():
            name = f"{degree:,} follows, {back}"
            case, buffers[name] = home(big, name, degree, day)
            cases.append(case)
        cases.append(home(small, f"{degree:,} follows, small", degree, None)[0])
    times = rounds(cases, number=number)
    results = [
        Result("home_feed", name, ratio(times, name, "P"), 3 if "page 1" in name else 6, "P")
        for name in buffers
    ]
    for degree in DEGREES:
        first, before = f"{degree:,} follows, page 1", f"{degree:,} follows, small"
        results.append(
            Result("growth", f"{degree:,} follows", ratio(times, first, before), 1.25, "×")
        )
    results += [Result("buffers", name, most, 1600, "buffers") for name, most in buffers.items()]
    floor = statistics.median(times["P"])
    print(f"P = {floor:.3f} ms")
    return results


def deep_feeds(place: Place, number: int) -> list[Result]:
    """Feeds at depth 200 000, read by who likes every post of the one they follow."""
    reader = "select user_id::text from public.likes where target_kind = 'post' limit 1"
    return depth(place, DEEP, reader, number)


def equality(place: Place) -> list[Result]:
    """Rows at which home_feed differs from the brute-force feed: none."""
    with place.server.connect(place.big) as connection:
        people = [UUID(readers(connection, degree)[1]) for degree in DEGREES]
        difference = first_difference(connection, people, depth=500)
    if difference is not None:
        print(difference)
    return [Result("brute force", "feeds that differ", float(difference is not None), 0.5, "")]
