"""Whom a reader comes across: the people in every list, feed and table that is shown to them."""

from __future__ import annotations

from typing import Any

from tests.database import Actor


def names(reader: Actor, function: str, **arguments: Any) -> list[str]:
    """The usernames in a list of people, over all its pages."""
    found: list[str] = []
    after = None
    while page := reader.rows(function, **arguments, after=after, page_size=2):
        found += [row["username"] for row in page]
        after = page[-1]["cursor"]
    return found


def authors(reader: Actor, function: str, **arguments: Any) -> set[str]:
    """Whose posts a feed shows, and who brought them."""
    rows = reader.rows(function, **arguments)
    brought = {row["reposted_by"]["username"] for row in rows if row["reposted_by"]}
    return brought | {row["author"]["username"] for row in rows}


def everybody(reader: Actor, hub: str, *searches: str, tag: str = "jazz") -> dict[str, set[str]]:
    """The people in each list a reader can ask for.

    hub is whose followers, follows and page are looked at; searches are looked for one by one.
    """
    shown = {
        f"{function} of {hub}": set(names(reader, function, username=hub))
        for function in ("followers", "following", "mutuals")
    }
    for query in searches:
        shown[f"search for {query}"] = set(names(reader, "search_profiles", query=query))
    shown["global_feed"] = authors(reader, "global_feed")
    shown["tag_feed"] = authors(reader, "tag_feed", tag=tag)
    shown[f"profile_feed of {hub}"] = authors(reader, "profile_feed", username=hub)
    if reader.id is not None:
        shown["home_feed"] = authors(reader, "home_feed")
        for function in ("my_blocks", "my_mutes", "my_follow_requests"):
            shown[function] = set(names(reader, function))
        rows = reader.rows("my_conversations") + reader.rows("my_conversations", requests=True)
        shown["my_conversations"] = {card["username"] for row in rows for card in row["members"]}
        said = [one for row in rows for one in reader.rows("messages", conversation_id=row["id"])]
        shown["messages"] = {one["sender"]["username"] for one in said if one["sender"]}
        liked = reader.rows("my_likes", kind="post")
        shown["my_likes"] = {row["target"]["author"]["username"] for row in liked}
        said = [
            one
            for room in reader.rows("discover_rooms")
            if reader.call("room_state", room_id=room["id"])["can_read"]
            for one in reader.rows("room_messages", room_id=room["id"])
        ]
        quoted = [one["reply_to"] for one in said if one["reply_to"]]
        shown["chat"] = {one["author"]["username"] for one in said + quoted if one["author"]}
    people = {row["id"]: row["username"] for row in reader.run("select * from public.profiles")}
    shown["table profiles"] = set(people.values())
    tables = {"artist_profiles": "profile_id", "posts": "author_id"}
    if reader.id is not None:
        tables["direct_messages"] = "sender_id"
        tables["room_members"] = tables["room_presence"] = "user_id"
        tables["messages"] = "author_id"
    for table, column in tables.items():
        rows = reader.run(f"select {column} as id from public.{table} where {column} is not null")
        shown[f"table {table}"] = {people.get(row["id"], "somebody unseen") for row in rows}
    return shown
