"""People as lists of people show them."""

from __future__ import annotations

from tests.api.rows.showing import Expected, card, whole
from tests.database import Actor, Connection, Row, actor, person_id


def person(name: str, *, followed: bool) -> Expected:
    """Somebody in a list, as a reader stands to them."""
    return {**card(name), "id": person_id(name), "is_followed_by_me": followed}


def by_name(rows: list[Row]) -> dict[str, Row]:
    return {row["username"]: whole(row) for row in rows}


def test_a_person_in_a_list(db: Connection, people: dict[str, Actor]) -> None:
    """ada is followed by ben and cleo, and cleo and eve by ben."""
    ada, ben, _, dan, eve = people.values()
    ada.call("follow", username="cleo")
    adas, cleos = (ben.rows("followers", username=name) for name in ("ada", "cleo"))
    assert by_name(adas) == {
        "ben": person("ben", followed=False),
        "cleo": person("cleo", followed=True),
    }
    assert by_name(cleos) == {
        "ada": person("ada", followed=True),
        "ben": person("ben", followed=False),
    }
    for reader in (dan, actor(db, "visitor")):
        assert by_name(reader.rows("following", username="ben")) == {
            name: person(name, followed=False) for name in ("ada", "cleo", "eve")
        }
    (mutual,) = ben.rows("mutuals", username="ada")
    assert whole(mutual) == person("cleo", followed=True)
    for reader, followed in ((ben, True), (dan, False)):
        (found,) = reader.rows("search_profiles", query="ada")
        assert whole(found) == person("ada", followed=followed)
    ben.call("mute", username="ada")
    (muted,) = ben.rows("my_mutes")
    assert whole(muted) == person("ada", followed=True)
    dan.call("block", username="ada")
    (blocked,) = dan.rows("my_blocks")
    # Across a block a name is all there is of anybody.
    bare = {"avatar_path": None, "is_verified": False}
    assert whole(blocked) == {**person("ada", followed=False), **bare}
    eve.run("update public.profiles set is_private = true where id = %s", eve.id)
    ada.call("follow", username="eve")
    for followed in (False, True):
        (asking,) = eve.rows("my_follow_requests")
        assert whole(asking) == person("ada", followed=followed)
        eve.call("follow", username="ada")
