"""profile_page: a person as their page shows them, to whom it may be shown."""

from __future__ import annotations

import pytest

from tests.database import Actor, Connection, refused

RELATIONS = (
    "is_me",
    "is_followed_by_me",
    "follows_me",
    "is_follow_requested_by_me",
    "is_blocked_by_me",
    "is_muted_by_me",
)


def relations(reader: Actor, username: str) -> set[str]:
    page = reader.call("profile_page", username=username)
    assert set(page) == {"profile", "artist", "can_message", *RELATIONS}
    return {name for name in RELATIONS if page[name]}


def test_anybody_sees_a_page(visitor: Actor, stranger: Actor, ada: Actor) -> None:
    for reader in (visitor, stranger):
        page = reader.call("profile_page", username="ada")
        assert page["profile"]["display_name"] == "Ada Lovelace"
        assert page["artist"]["is_verified"] is False
        assert "profile_id" not in page["artist"]
        assert relations(reader, "ada") == set()
    assert relations(ada, "ada") == {"is_me"}
    assert visitor.call("profile_page", username="ben")["artist"] is None


def test_a_page_says_how_two_people_stand(ada: Actor, ben: Actor, visitor: Actor) -> None:
    ben.call("follow", username="ada")
    assert relations(ben, "ada") == {"is_followed_by_me"}
    assert relations(ada, "ben") == {"follows_me"}
    ada.call("mute", username="ben")
    assert relations(ada, "ben") == {"follows_me", "is_muted_by_me"}
    assert relations(ben, "ada") == {"is_followed_by_me"}
    assert relations(visitor, "ada") == set()


def test_a_request_shows_to_who_asked(ada: Actor, ben: Actor) -> None:
    ada.run("update public.profiles set is_private = true where id = %s", ada.id)
    ben.call("follow", username="ada")
    assert relations(ben, "ada") == {"is_follow_requested_by_me"}
    assert relations(ada, "ben") == set()


@pytest.mark.parametrize("username", [" ADA ", "Ada"])
def test_case_and_spaces_do_not_matter(visitor: Actor, username: str) -> None:
    page = visitor.call("profile_page", username=username)
    assert page["profile"]["username"] == "ada"


@pytest.mark.parametrize("username", ["nobody", "", None, "a" * 100_000, "ada'--", "admin", "%"])
def test_nobody_has_no_page(visitor: Actor, username: str | None) -> None:
    with refused(404, "profile_not_found"):
        visitor.call("profile_page", username=username)


def test_a_page_is_gone_across_a_block_of_either_side(ada: Actor, ben: Actor, cleo: Actor) -> None:
    ada.call("block", username="ben")
    for reader, other in ((ada, "ben"), (ben, "ada")):
        with refused(404, "profile_not_found"):
            reader.call("profile_page", username=other)
    assert relations(cleo, "ada") == relations(cleo, "ben") == set()


def test_staff_see_pages_across_a_block(modesty: Actor, ada: Actor) -> None:
    ada.call("block", username="modesty")
    modesty.call("block", username="ada")
    assert relations(modesty, "ada") == {"is_blocked_by_me"}
    with refused(404, "profile_not_found"):
        ada.call("profile_page", username="modesty")


def test_counts_follow_what_happens(ada: Actor, ben: Actor, db: Connection) -> None:
    ben.call("follow", username="ada")
    ada.call("delete_post", post_id=ada.post("one"))
    ada.post("two")
    page = ben.call("profile_page", username="ada")["profile"]
    assert (page["follower_count"], page["following_count"], page["post_count"]) == (1, 0, 1)
