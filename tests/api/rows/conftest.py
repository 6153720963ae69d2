"""Rows of lists are compared whole: every key, and in each a value that nothing else has."""

from __future__ import annotations

import pytest

from tests.api.rows.showing import picture
from tests.api.social.talking import opens
from tests.database import Actor, Connection, actor


@pytest.fixture(autouse=True)
def people(db: Connection) -> dict[str, Actor]:
    """ada (verified), ben, cleo, dan and eve, with pictures; everybody follows ada, ben cleo."""
    names = ("ada", "ben", "cleo", "dan", "eve")
    for name in names:
        for bucket in ("avatars", "crate-covers", "post-media"):
            db.execute(
                "insert into storage.objects (bucket_id, name) values (%s, %s)",
                [bucket, picture(name)],
            )
        db.execute(
            "update public.profiles set avatar_path = %s where username = %s",
            [picture(name), name],
        )
    db.execute("update public.artist_profiles set is_verified = true, verified_at = now()")
    cast = {name: actor(db, name) for name in names}
    opens(*cast.values())
    for follower, followed in [("ben", "ada"), ("cleo", "ada"), ("ben", "cleo"), ("ben", "eve")]:
        cast[follower].call("follow", username=followed)
    return cast
