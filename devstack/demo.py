"""The story of a small community, told by real clients against a running stack: `backbeat demo`."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
from postgrest import APIError
from realtime.types import RealtimeChannelOptions
from rich.console import Console

from devstack import run
from devstack.home import Home
from devstack.processes import DevstackError
from devstack.stack import Stack, open_stack
from supabase import AsyncClient, Client, acreate_client, create_client

PASSWORD = "music-is-42"
# The smallest PNG there is: one pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000154a24f5f0000000049454e44ae426082"
)
WIDTH = 110
PRIVATE: RealtimeChannelOptions = {
    "config": {"private": True, "broadcast": None, "presence": None},
}
console = Console(highlight=False, soft_wrap=True)


class Person:
    """Somebody with an app: one supabase-py client, signed in."""

    def __init__(self, stack: Stack, name: str, kind: str) -> None:
        self.name = name
        self.username = f"{name}_{secrets.token_hex(3)}"
        self.email = f"{self.username}@example.com"
        self.client: Client = create_client(stack.url, stack.publishable_key)
        reply = self.client.auth.sign_up(
            {
                "email": self.email,
                "password": PASSWORD,
                "options": {
                    "data": {
                        "username": self.username,
                        "display_name": name.title(),
                        "kind": kind,
                    }
                },
            }
        )
        assert reply.user
        self.id = reply.user.id

    def __str__(self) -> str:
        return f"{self.email}, {self.id}"

    def rpc(self, function: str, **arguments: Any) -> Any:
        """Call an RPC as this person."""
        return self.client.rpc(function, arguments).execute().data


class Story:
    """Tells each step as it happens, and keeps the checks for the end."""

    def __init__(self) -> None:
        self.checks: list[tuple[str, Any, Any]] = []
        self.steps = 0

    def tell(self, who: str, sent: str, act: Callable[[], Any]) -> Any:
        """One step: what is sent, what came back, how long it took."""
        self.steps += 1
        console.print(f"{self.steps:>3}. {who:<6} {sent}", markup=False)
        started = time.monotonic()
        reply = act()
        shown = reply if isinstance(reply, str) else json.dumps(reply, default=str)
        cut = shown if len(shown) <= WIDTH else f"{shown[:WIDTH]}…"
        console.print(
            f"       -> {cut}  ({(time.monotonic() - started) * 1000:.0f} ms)", markup=False
        )
        return reply

    def call(self, person: Person, function: str, **arguments: Any) -> Any:
        """One step that is an RPC."""
        listed = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        return self.tell(
            person.name, f"{function}({listed})", lambda: person.rpc(function, **arguments)
        )

    def refused(self, person: Person, token: str, function: str, **arguments: Any) -> None:
        """One step that has to be refused."""

        def act() -> str:
            try:
                person.rpc(function, **arguments)
            except APIError as error:
                return str(error.message)
            return "accepted"

        listed = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        said = self.tell(person.name, f"{function}({listed})", act)
        self.check(f"{person.name} may not {function}", said, token)

    def check(self, what: str, found: Any, expected: Any) -> None:
        """Note something to be compared at the end."""
        self.checks.append((what, found, expected))

    def end(self) -> int:
        """Print every check; 0 when all hold."""
        console.print("\nAt the end:")
        wrong = 0
        for what, found, expected in self.checks:
            is_right = found == expected
            wrong += not is_right
            mark = "ok   " if is_right else "WRONG"
            rest = "" if is_right else f": {found!r}, not {expected!r}"
            console.print(f"  {mark} {what}{rest}", markup=False)
        console.print(
            f"{self.steps} steps, {len(self.checks)} checks, "
            + (f"{wrong} of them wrong" if wrong else "all of them right")
        )
        return 1 if wrong else 0


def tell_story(stack: Stack) -> int:
    """Play the story against a stack; 0 when its numbers are right."""
    if stack.settings.has_supabase:
        raise DevstackError("The demo makes people up: it plays only on a stack of its own.")
    story = Story()
    console.print(f"A community on {stack.url}\n")

    people = {}
    for name, kind in (("ada", "artist"), ("ben", "fan"), ("cleo", "fan"), ("troll", "fan")):
        people[name] = story.tell(name, "auth.sign_up(...)", partial(Person, stack, name, kind))
    ada, ben, cleo, troll = people.values()

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

    heard = story.tell(
        "ada",
        "channel('user:<id>', private).subscribe()",
        lambda: asyncio.run(hear(stack, ada, ada)),
    )
    story.check("a broadcast from the database reaches ada", heard, "hello from the database")
    heard = story.tell(
        "troll",
        "channel('user:<ada>', private).subscribe()",
        lambda: asyncio.run(hear(stack, troll, ada)),
    )
    story.check("ada's topic is closed to the troll", heard, "refused")

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
        lambda: call_schedule(stack),
    )
    story.check("the account is erased", erased["erased"] >= 1 and erased["failed"] == 0, True)
    return story.end()


def call_schedule(stack: Stack) -> dict[str, int]:
    """Call the scheduled function with the secret that the schedule has."""
    reply = httpx.post(
        f"{stack.functions_url}/erase-accounts",
        headers={"Authorization": f"Bearer {stack.secrets.cron_secret}"},
        timeout=60,
    )
    counts: dict[str, int] = reply.json()
    return counts


async def hear(stack: Stack, listener: Person, owner: Person) -> str:
    """Join the private topic of `owner`; what a broadcast from the database says there."""
    session = listener.client.auth.get_session()
    assert session
    client: AsyncClient = await acreate_client(stack.url, stack.publishable_key)
    await client.realtime.set_auth(session.access_token)
    heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def on_state(state: Any, error: Exception | None) -> None:
        if heard.done():
            return
        if error is not None or "ERROR" in str(state).upper():
            heard.set_result("refused")
        elif "SUBSCRIBED" in str(state).upper():
            with stack.server.connect() as connection:
                connection.execute(
                    "select realtime.send(%s::jsonb, 'greeting', %s, true)",
                    [json.dumps({"text": "hello from the database"}), f"user:{owner.id}"],
                )

    def on_greeting(message: Any) -> None:
        if not heard.done():
            heard.set_result(message["payload"]["text"])

    channel = client.channel(f"user:{owner.id}", PRIVATE)
    channel.on_broadcast("greeting", on_greeting)
    try:
        await channel.subscribe(on_state)
        return await asyncio.wait_for(heard, 10)
    finally:
        await client.realtime.close()


def main(_: Sequence[str]) -> int:
    """Tell the story to the stack that runs, or to one started for it."""
    home = Home.from_environment()
    has_stack = home.state() is not None
    if not has_stack:
        console.print("No stack is running: starting one for the story.")
        code = run.start_detached(
            home, lambda line: console.print(line, markup=False), lambda _: None
        )
        if code:
            return code
    try:
        return tell_story(open_stack(home))
    finally:
        if not has_stack:
            run.stop_running(home, lambda line: console.print(line, markup=False))
