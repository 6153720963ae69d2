"""The lists suite: comments, notifications, conversations and crates, as multiples of P.

Readers and what they look at are the same at every size: 40 conversations, 300 notifications, as
many crates as they follow others, posts with about as many comments. What grows is everything
around them.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from bench.community import Asked, Community, DeepList, depth
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place

READERS = """
select reader.id::text {asked}
from (
  select id, row_number() over (order by username) as n
  from public.profiles where username like 'reader\\_{degree}\\_%'
) as reader
"""
THREAD = """, (
  select post.id from public.posts as post where post.audience = 'public'
  order by post.comment_count desc, post.id offset reader.n limit 1
)::text"""
TRACK_TALKED_OF = """, (
  select track.id from public.tracks as track where track.status = 'published'
  order by track.comment_count desc, track.id offset reader.n limit 1
)::text"""
CONVERSATION = """, (
  select member.conversation_id from public.conversation_members as member
  where member.member_id = reader.id order by member.conversation_id limit 1
)::text"""
TRACK = """, (
  select item.track_id
  from public.crate_items as item join public.crates as crate on crate.id = item.crate_id
  where crate.owner_id = reader.id group by item.track_id order by count(*) {} limit 1
)::text"""
CONTAINING = "select * from public.crates_containing($2::uuid, after => $1)"


@dataclass(frozen=True)
class List:
    """A list. call: $1 is the cursor, $2 what it is asked of; asked: finds that for a reader."""

    call: str
    asked: str = ""
    degree: int = 200

    def readers(self, community: Community) -> list[Asked]:
        """Who asks for its first page, and of what."""
        query = READERS.format(asked=self.asked, degree=self.degree)
        found = community.owner.connection.execute(query.encode())
        return [(str(person), [None, *map(str, asked)]) for person, *asked in found]


LISTS = {
    **{
        f"comments_on, {sort}": List(
            f"select * from public.comments_on('post', $2::uuid, '{sort}', after => $1)", THREAD
        )
        for sort in ("newest", "oldest", "top")
    },
    "comments_on, position": List(
        "select * from public.comments_on('track', $2::uuid, 'position', after => $1)",
        TRACK_TALKED_OF,
    ),
    "my_notifications": List("select * from public.my_notifications(after => $1)"),
    "my_conversations": List("select * from public.my_conversations(after => $1)"),
    "messages": List("select * from public.messages($2::uuid, after => $1)", CONVERSATION),
    "trending_crates": List("select * from public.trending_crates(after => $1)"),
    "trending_crates of a genre": List(
        "select * from public.trending_crates($2, after => $1)", ", 'acoustic'"
    ),
    "crates_containing, 50 of 200": List(CONTAINING, TRACK.format("desc")),
    "crates_containing, 250 of 1,000": List(CONTAINING, TRACK.format("desc"), degree=2_000),
    "crates_containing, 1 of 1,000": List(CONTAINING, TRACK.format("asc"), degree=2_000),
}
HUB = "select id::text from public.profiles where username = 'hub'"
FIRST_POST = "select id::text from public.posts order by id limit 1"
CONVERSATION_WITHOUT_END = (
    "select conversation_id::text from public.direct_messages"
    " group by conversation_id order by count(*) desc limit 1"
)
BOTTOM = "'00000000-0000-0000-0000-000000000000'"
DEEP = {
    **{
        f"comments_on, {sort}": DeepList(
            f"select * from public.comments_on('post', $2::uuid, '{sort}', after => $1)",
            f"select private.encode_cursor('comments_on:{sort}:post:' || target_id,"
            f" jsonb_build_array({key}, id, {BOTTOM})::text)"
            f" from public.comments where target_kind = 'post'"
            f" order by {order} offset {{depth}} limit 1",
            FIRST_POST,
        )
        for sort, key, order in (
            ("newest", "0", "id desc"),
            ("oldest", "0", "id"),
            ("top", "like_count", "like_count desc, id desc"),
        )
    },
    "comments_on, position": DeepList(
        "select * from public.comments_on('track', $2::uuid, 'position', after => $1)",
        f"select private.encode_cursor('comments_on:position:track:' || target_id,"
        f" jsonb_build_array(position_ms, id, {BOTTOM})::text)"
        " from public.comments where target_kind = 'track'"
        " order by position_ms, id offset {depth} limit 1",
        "select id::text from public.tracks order by comment_count desc limit 1",
    ),
    "my_notifications": DeepList(
        "select * from public.my_notifications(after => $1)",
        "select private.encode_cursor('my_notifications', id::text)"
        " from public.notifications order by id desc offset {depth} limit 1",
    ),
    "my_conversations": DeepList(
        "select * from public.my_conversations(after => $1)",
        "select private.encode_cursor('my_conversations:joined', last_message_id::text)"
        " from public.conversations order by last_message_id desc offset {depth} limit 1",
    ),
    "messages": DeepList(
        "select * from public.messages($2::uuid, after => $1)",
        "select private.encode_cursor('messages:' || conversation_id, id::text)"
        " from public.direct_messages where conversation_id = ("
        + CONVERSATION_WITHOUT_END.replace("::text", "")
        + ") order by id desc offset {depth} limit 1",
        CONVERSATION_WITHOUT_END,
    ),
    "trending_crates": DeepList(
        "select * from public.trending_crates(after => $1)",
        "select private.encode_cursor('trending_crates:',"
        " jsonb_build_array(score, crate_id)::text) from private.crate_trends"
        " order by score desc, crate_id desc offset {depth} limit 1",
    ),
    "crates_containing": DeepList(
        CONTAINING,
        "select private.encode_cursor('crates_containing:' || item.track_id, crate.id::text)"
        " from public.crates as crate join public.crate_items as item on item.crate_id = crate.id"
        " order by crate.id desc offset {depth} limit 1",
        "select track_id::text from public.crate_items limit 1",
    ),
    "new_crates": DeepList(
        "select * from public.new_crates(after => $1)",
        "select private.encode_cursor('new_crates', id::text) from public.crates"
        " order by id desc offset {depth} limit 1",
    ),
    **{
        f"my_likes, {kind}": DeepList(
            f"select * from public.my_likes('{kind}', after => $1)",
            f"select private.encode_cursor('my_likes:{kind}',"
            " jsonb_build_array(created_at, target_id)::text)"
            f" from public.likes where target_kind = '{kind}'"
            " order by created_at desc, target_id desc offset {depth} limit 1",
        )
        for kind in ("comment", "track", "crate", "message")
    },
}
BUFFERS = 1_600
"""What one page may touch at most, as a page of the home feed."""


def lists(place: Place, number: int) -> list[Result]:
    """First pages as multiples of P, their growth with ten times as much of all, buffers."""
    big, small = Community(place.url(place.big)), Community(place.url(place.small))
    cases: list[Case] = [big.floor()]
    buffers = {}
    for name, wanted in LISTS.items():
        case, buffers[name] = big.page(name, wanted.call, wanted.readers(big))
        before, _ = small.page(f"{name}, small", wanted.call, wanted.readers(small))
        cases += [case, before]
    times = rounds(cases, number=number)
    print(f"P = {statistics.median(times['P']):.3f} ms")
    return [
        *(Result("page 1", name, ratio(times, name, "P"), 3, "P") for name in LISTS),
        *(
            Result("growth", name, ratio(times, name, f"{name}, small"), 1.25, "×")
            for name in LISTS
        ),
        *(Result("buffers", name, most, BUFFERS, "buffers") for name, most in buffers.items()),
    ]


def deep_lists(place: Place, number: int) -> list[Result]:
    """Lists at depth 200 000, of the one about whom everything is."""
    return depth(place, DEEP, HUB, number)
