"""Words for tests of conversations: who starts, says and reads what."""

from __future__ import annotations

import uuid
from typing import Any

from tests.database import Actor, Row


def start(somebody: Actor, *others: str, title: str | None = None) -> uuid.UUID:
    """Begin to write to others; the conversation."""
    row = somebody.call("start_conversation", usernames=list(others), title=title)
    assert isinstance(row["id"], uuid.UUID)
    return row["id"]


def say(somebody: Actor, conversation: uuid.UUID, body: str = "hi", **more: Any) -> uuid.UUID:
    """Send a text; the message."""
    row = somebody.call("send_direct_message", conversation_id=conversation, body=body, **more)
    assert isinstance(row["id"], uuid.UUID)
    return row["id"]


def read(somebody: Actor, conversation: uuid.UUID, page_size: int = 100) -> list[Row]:
    """All messages, newest first, over as many pages as it takes."""
    found: list[Row] = []
    after = None
    while page := somebody.rows(
        "messages", conversation_id=conversation, after=after, page_size=page_size
    ):
        found += page
        after = page[-1]["cursor"]
    return found


def bodies(somebody: Actor, conversation: uuid.UUID) -> list[str | None]:
    """What somebody reads, oldest first."""
    return [row["body"] for row in reversed(read(somebody, conversation))]


def listed(somebody: Actor, *, requests: bool = False) -> list[uuid.UUID]:
    """The conversations somebody finds in their list, or among their requests."""
    return [row["id"] for row in somebody.rows("my_conversations", requests=requests)]


def opens(*people: Actor) -> None:
    """Let everybody write to these people without asking."""
    for person in people:
        person.call("set_dm_permission", permission="everyone")
