"""The second chapter: a track is uploaded, played, collected, shared and talked about."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import uuid4

import httpx

from devstack.demo.community import Cast
from devstack.demo.story import LIVE_SECONDS, Person, Story, call_schedule, hear, pushed_to
from devstack.stack import Stack

SECONDS = 60
RATE = 8000


def silence() -> bytes:
    """A minute of silence as a WAV file: 8 bits, one channel."""
    size = SECONDS * RATE
    head = b"RIFF" + (36 + size).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = (1).to_bytes(2, "little") + (1).to_bytes(2, "little") + RATE.to_bytes(4, "little")
    rest = RATE.to_bytes(4, "little") + (1).to_bytes(2, "little") + (8).to_bytes(2, "little")
    return head + form + rest + b"data" + size.to_bytes(4, "little") + b"\x80" * size


def checked_by_now(artist: Person, track: str) -> dict[str, Any]:
    """What was found of a track; the clock may just be having it looked at."""
    end = time.monotonic() + LIVE_SECONDS
    while True:
        found: dict[str, Any] = artist.rpc("detection_status", track_id=track)
        if found["status"] not in ("pending", "analyzing") or time.monotonic() > end:
            return found
        time.sleep(0.2)


def music(stack: Stack, story: Story, cast: Cast) -> None:
    """Tell the chapter."""
    ada, ben, cleo = cast.ada, cast.ben, cast.cleo

    draft = story.call(
        ada,
        "create_track",
        title="First Light",
        genre="house",
        duration_ms=SECONDS * 1000,
        file_format="wav",
    )
    track = draft["track"]["id"]
    story.refused(ben, "track_not_found", "track", track_id=track)
    sound = silence()
    story.tell(
        "ada",
        f"storage.from_('{draft['bucket']}').upload(...)",
        lambda: (
            ada.client.storage.from_(draft["bucket"])
            .upload(draft["path"], sound, {"content-type": "audio/wav"})
            .path
        ),
    )
    story.refused(ada, "rights_not_declared", "submit_track", track_id=track)
    story.call(ada, "declare_rights", track_id=track, kind="original")
    story.call(ada, "submit_track", track_id=track)
    story.tell(
        "clock",
        "run-detections, as the schedule calls it",
        lambda: call_schedule(stack, "run-detections"),
    )
    checked = story.tell(
        "ada", f"detection_status(track_id={track!r})", lambda: checked_by_now(ada, track)
    )
    story.check(
        "the track is found to be ada's, and published", checked["track_status"], "published"
    )

    stream = story.tell(
        "ben",
        "functions.invoke('stream-url', {track_id})",
        lambda: json.loads(
            ben.client.functions.invoke("stream-url", {"body": {"track_id": track}})
        ),
    )
    heard = httpx.get(stream["url"], timeout=30)
    story.check("the address plays what ada uploaded", heard.content == sound, True)
    event = str(uuid4())
    play: dict[str, Any] = {"track_id": track, "ms_played": 45_000, "client_event_id": event}
    story.check("a play of 45 s counts", story.call(ben, "record_play", **play)["is_counted"], True)
    story.call(ben, "record_play", **play)

    crate = story.call(ben, "create_crate", title="Morning", genre="house")
    story.call(ben, "add_to_crate", crate_id=crate["id"], track_id=track, note="opens it")
    shared = story.call(ben, "share_crate", crate_id=crate["id"], body="For slow mornings.")
    feed = story.call(cleo, "home_feed")
    story.check(
        "cleo sees the crate that ben shares",
        [(row["id"], row["crate"]["title"]) for row in feed if row["crate"]],
        [(shared["id"], "Morning")],
    )

    words = f"@{ada.username} what is that at 0:42?"
    told = story.tell(
        "ada",
        "channel('user:<id>', private).subscribe()  while ben comments at 0:42 and names her",
        lambda: hear(
            stack,
            ada,
            f"user:{ada.id}",
            "notification",
            lambda: ben.rpc(
                "create_comment",
                target_kind="track",
                target_id=track,
                body=words,
                position_ms=42_000,
            ),
        ),
    )
    story.check("ada is told at once, by whom", told["actor"]["username"], ben.username)
    kinds = {row["kind"] for row in story.call(ada, "my_notifications")}
    story.check("she finds follow and mention in her list", {"follow", "mention"} <= kinds, True)
    talk = story.call(cleo, "comments_on", target_kind="track", target_id=track, sort="position")
    story.check(
        "the comment stands at 0:42",
        [(row["position_ms"], row["body"]) for row in talk],
        [(42_000, words)],
    )

    story.call(ada, "follow", username=ben.username)
    letters = story.call(ben, "start_conversation", usernames=[ada.username])
    story.call(
        ben, "send_direct_message", conversation_id=letters["id"], body="It is the chorus, no?"
    )
    story.check(
        "ada has one unread message",
        [row["unread_count"] for row in story.call(ada, "my_conversations")],
        [1],
    )

    phone = f"ExponentPushToken[{uuid4().hex}]"
    story.call(ben, "register_push_token", token=phone, platform="ios", device_name="Ben's phone")
    story.call(ada, "send_direct_message", conversation_id=letters["id"], body="It is. Good ears!")
    story.tell(
        "clock", "send-push, as the schedule calls it", lambda: call_schedule(stack, "send-push")
    )
    if stack.settings.needs_expo:
        pushes = story.tell("expo", "what arrives on ben's phone", lambda: pushed_to(stack, phone))
        story.check(
            "ben's phone rings",
            [(push["title"], push["body"], push["data"]["kind"]) for push in pushes],
            [("New message", "Ada wrote to you", "direct_message")],
        )

    page = story.call(ada, "track", track_id=track)
    story.check("a play that is sent twice counts once", page["play_count"], 1)
    story.check("one comment", page["comment_count"], 1)
    house = story.tell(
        "clock",
        "housekeeping, as the schedule calls it",
        lambda: call_schedule(stack, "housekeeping"),
    )
    story.check("the house is kept", "error" in house, False)
