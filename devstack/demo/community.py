"""The first chapter: people find each other, post, like, repost, block and leave."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from devstack.demo.story import Person, Story, call_schedule, hear
from devstack.stack import Stack

# The smallest PNG there is: one pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000154a24f5f0000000049454e44ae426082"
)


@dataclass(frozen=True)
class Cast:
    """Who acts."""

    ada: Person
    ben: Person
    cleo: Person
    troll: Person


def sign_up(stack: Stack, story: Story) -> Cast:
    """The people of the story."""

    def person(name: str, kind: str) -> Person:
        made: Person = story.tell(name, "auth.sign_up(...)", partial(Person, stack, name, kind))
        return made

    return Cast(
        person("ada", "artist"), person("ben", "fan"), person("cleo", "fan"), person("troll", "fan")
    )


def community(stack: Stack, story: Story, cast: Cast) -> None:
    """Tell the chapter."""
    ada, ben, cleo, troll = cast.ada, cast.ben, cast.cleo, cast.troll

    story.call(ben, "follow", username=ada.username)
    story.call(cleo, "follow", username=ben.username)
    story.tell(
        "cleo",
        "table('follows').insert(...)  the same, by the table",
        lambda: cleo.client.table("follows").insert({"followee_id": ada.id}).execute().data,
    )
    story.call(cleo, "unfollow", username=ada.username)

    avatar = f"{ada.id}/face.png"
    story.tell(
        "ada",
        "storage.from_('avatars').upload(...)",
        lambda: (
            ada.client.storage.from_("avatars")
            .upload(avatar, PICTURE, {"content-type": "image/png"})
            .path
        ),
    )
    story.tell(
        "ada",
        "table('profiles').update({avatar_path})",
        lambda: (
            ada.client.table("profiles")
            .update({"avatar_path": avatar})
            .eq("id", ada.id)
            .execute()
            .data[0]["avatar_path"]
        ),
    )
    media = f"{ada.id}/{uuid4()}.png"
    story.tell(
        "ada",
        "storage.from_('post-media').upload(...)",
        lambda: (
            ada.client.storage.from_("post-media")
            .upload(media, PICTURE, {"content-type": "image/png"})
            .path
        ),
    )

    public = story.call(
        ada, "create_post", kind="media", body="My first cover. #debut", media_paths=[media]
    )
    closed = story.call(
        ada, "create_post", kind="text", body="For followers only.", visibility="followers"
    )
    story.call(ben, "set_like", target_kind="post", target_id=public["id"], liked=True)
    story.call(ben, "set_like", target_kind="post", target_id=public["id"], liked=True)
    story.call(ben, "repost", post_id=public["id"])
    story.call(cleo, "create_post", kind="text", body="Hello!")
    story.refused(
        troll, "post_not_found", "set_like", target_kind="post", target_id=closed["id"], liked=True
    )

    feed = story.call(ben, "home_feed")
    story.check(
        "ben's feed is ada's two posts", [row["id"] for row in feed], [closed["id"], public["id"]]
    )
    feed = story.call(cleo, "home_feed")
    story.check(
        "cleo sees ada's post once, through ben, and her own",
        [(row["reason"], (row["reposted_by"] or {}).get("username")) for row in feed],
        [("own", None), ("repost", ben.username)],
    )
    story.check("a like that is sent twice counts once", feed[1]["like_count"], 1)
    page = story.call(ada, "profile_page", username=ada.username)
    story.check("ada has one follower", page["profile"]["follower_count"], 1)
    story.check("and two posts", page["profile"]["post_count"], 2)

    story.call(ada, "block", username=troll.username)
    story.refused(troll, "profile_not_found", "profile_page", username=ada.username)
    story.check(
        "the troll's search finds no ada", troll.rpc("search_profiles", query=ada.username), []
    )

    topic = f"user:{ada.id}"

    def greet() -> None:
        with stack.server.connect() as connection:
            connection.execute(
                "select realtime.send(%s::jsonb, 'greeting', %s, true)",
                [json.dumps({"text": "hello from the database"}), topic],
            )

    heard = story.tell(
        "ada",
        "channel('user:<id>', private).subscribe()",
        lambda: hear(stack, ada, topic, "greeting", greet)["text"],
    )
    story.check("a broadcast from the database reaches ada", heard, "hello from the database")
    heard = story.tell(
        "troll",
        "channel('user:<ada>', private).subscribe()",
        lambda: hear(stack, troll, topic, "greeting", greet)["refused"],
    )
    story.check("ada's topic is closed to the troll", heard, True)

    health = story.tell(
        "ben",
        "functions.invoke('health')",
        lambda: json.loads(ben.client.functions.invoke("health", {"method": "GET"})),
    )
    story.check(
        "the function says that the migrations are current", health["migrations"]["current"], True
    )

    story.call(troll, "delete_my_account", confirm_username=troll.username)
    with stack.server.connect() as connection:
        connection.execute(
            "update private.account_deletions set erase_after = now() where user_id = %s",
            [troll.id],
        )
    erased = story.tell(
        "clock",
        "erase-accounts, as the schedule calls it (fourteen days later)",
        lambda: call_schedule(stack, "erase-accounts"),
    )
    story.check("the account is erased", erased["erased"] >= 1 and erased["failed"] == 0, True)
