"""search_profiles: the best match first, every match once, nobody one does not want to see."""

from __future__ import annotations

import uuid

import pytest

from tests.database import Actor, Connection, actor, person_id, refused, sign_up

HAN = "語" * 70


def add_people(db: Connection, number: int, display_name: str = "Grace", stem: str = "fan") -> None:
    for each in range(number):
        name = f"{stem}{each}"
        sign_up(
            db,
            person_id(name),
            f"{name}@backbeat.test",
            {"username": name, "display_name": f"{display_name} {each % 7}"},
        )


def found(reader: Actor, query: str, page_size: int = 100) -> list[str]:
    """The usernames of all pages, one after the other."""
    names: list[str] = []
    after = None
    while rows := reader.rows("search_profiles", query=query, after=after, page_size=page_size):
        assert len(rows) <= page_size
        names += [row["username"] for row in rows]
        after = rows[-1]["cursor"]
    return names


def test_people_are_found_by_parts_of_either_name(visitor: Actor, ben: Actor) -> None:
    for reader in (visitor, ben):
        for query in ("ada", "ADA", " lovelace ", "love", "ada love", "da l"):
            assert found(reader, query) == ["ada"], query
        assert found(reader, "no such person") == []


def test_two_characters_begin_a_username(visitor: Actor) -> None:
    assert sorted(found(visitor, "Ad")) == ["ada", "admiral"]
    assert found(visitor, "da") == ["dan"]


def test_a_card_says_who_it_is(ben: Actor, db: Connection) -> None:
    ben.call("follow", username="ada")
    db.execute("update public.artist_profiles set is_verified = true, verified_at = now()")
    (card,) = ben.rows("search_profiles", query="lovelace")
    assert card.pop("cursor")
    assert card == {
        "id": person_id("ada"),
        "username": "ada",
        "display_name": "Ada Lovelace",
        "avatar_path": None,
        "is_verified": True,
        "is_followed_by_me": True,
    }


@pytest.mark.parametrize("page_size", [1, 3, 10, 100])
def test_pages_are_complete_and_in_order(db: Connection, page_size: int) -> None:
    add_people(db, 40)
    reader = actor(db, "ben")
    whole = found(reader, "grace")
    assert sorted(whole) == sorted(f"fan{number}" for number in range(40))
    assert found(reader, "grace", page_size) == whole


def test_the_best_match_comes_first(db: Connection, ben: Actor) -> None:
    add_people(db, 12)
    assert found(ben, "fan1")[0] == "fan1"
    assert set(found(ben, "fan1")) == {"fan1", "fan10", "fan11"}


def test_an_exact_username_is_found_among_more_famous_people(db: Connection, ben: Actor) -> None:
    db.execute(
        "insert into auth.users (id, email, raw_user_meta_data)"
        " select gen_random_uuid(), n || '@many.test', jsonb_build_object('username', 'mika' || n)"
        " from generate_series(1, 520) as n"
    )
    db.execute("update public.profiles set follower_count = 9 where username like 'mika%%'")
    sign_up(db, uuid.uuid4(), "mika@backbeat.test", {"username": "mika", "display_name": "Zed"})
    assert found(ben, "mika")[0] == "mika"
    assert len(found(ben, "mika")) == 500


def test_a_long_search_in_any_script_can_be_paged(db: Connection, ben: Actor) -> None:
    add_people(db, 5, HAN)
    assert len(found(ben, HAN, page_size=2)) == 5
    db.execute("update public.profiles set display_name = repeat('\"', 78) where username ~ 'fan'")
    assert len(found(ben, '"' * 78, page_size=2)) == 5


@pytest.mark.parametrize("query", ["%%", "__", "a%", "%d%", "a_a", "\\\\", "\\a"])
def test_wildcards_are_only_characters(visitor: Actor, query: str) -> None:
    assert found(visitor, query) == []


def test_a_name_with_wildcards_is_found_by_them(db: Connection, ben: Actor) -> None:
    db.execute(
        "update public.profiles set display_name = E'50%% _off_ \\\\o/' where username = 'dan'"
    )
    for query in ("50%", "_off_", "\\o/", "% _"):
        assert found(ben, query) == ["dan"], query


@pytest.mark.parametrize("query", [None, "", "a", "   a  ", "\u202e\u202ea", "\n\n\n"])
def test_too_short_a_search_is_refused(visitor: Actor, query: str | None) -> None:
    with refused(422, "query_too_short"):
        visitor.rows("search_profiles", query=query)


def test_an_endless_search_finds_nothing(visitor: Actor) -> None:
    assert visitor.rows("search_profiles", query="a" * 1_000_000) == []


def test_a_cursor_belongs_to_its_search(db: Connection, ben: Actor) -> None:
    add_people(db, 3)
    cursor = ben.rows("search_profiles", query="grace", page_size=1)[0]["cursor"]
    assert len(ben.rows("search_profiles", query=" GRACE ", after=cursor)) == 2
    with refused(422, "bad_cursor"):
        ben.rows("search_profiles", query="lovelace", after=cursor)


def test_who_is_blocked_blocks_or_is_muted_is_not_found(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, visitor: Actor, modesty: Actor
) -> None:
    ben.call("block", username="ada")
    cleo.call("block", username="ben")
    ben.call("mute", username="dan")
    for name in ("ada", "cleo", "dan"):
        assert found(ben, name) == []
        assert name in found(visitor, name)
        assert name in found(modesty, name)
    assert found(ada, "ben") == []
    assert found(cleo, "ben") == []
    assert found(dan, "ben") == ["ben"]


def test_pages_stay_complete_when_people_are_hidden_in_between(db: Connection, ben: Actor) -> None:
    add_people(db, 30)
    whole = found(ben, "grace")
    hidden = {whole[3], whole[10], whole[29]}
    for name in hidden:
        ben.call("mute", username=name)
    assert found(ben, "grace", page_size=2) == [name for name in whole if name not in hidden]
