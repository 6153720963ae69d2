"""Crates are made, filled, put in order, shared with collaborators and deleted."""

from __future__ import annotations

import random
import uuid
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_crate, make_song, make_upload
from tests.database import Actor, Connection, Database, actor, person_id, refused, sign_up
from tests.plans import give_plan
from tests.races import race, refusals
from tests.schema.counters import counter_laws


def order(reader: Actor, crate: uuid.UUID, size: int = 100) -> list[str]:
    """The titles in a crate, page by page."""
    found: list[str] = []
    after = None
    while page := reader.rows("crate_items", crate_id=crate, after=after, page_size=size):
        found += [row["track"]["title"] for row in page]
        after = page[-1]["cursor"]
    return found


def fill(editor: Actor, crate: uuid.UUID, db: Connection, count: int) -> list[uuid.UUID]:
    """Add songs called 0, 1, 2 ...; the ids of the items."""
    songs = [make_song(db, title=str(number)) for number in range(count)]
    return [editor.call("add_to_crate", crate_id=crate, track_id=song)["id"] for song in songs]


def new_crate(owner: Actor, **values: Any) -> uuid.UUID:
    identity = owner.call("create_crate", **{"title": "Rain", **values})["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def test_a_crate_is_described_as_its_owner_says(ben: Actor) -> None:
    made = ben.call(
        "create_crate",
        title=" Rain\u200b ",
        description=" For mornings. ",
        genre="ambient",
        mood="calm",
        tags=["#Piano", "tape", "piano"],
        visibility="unlisted",
    )
    assert (made["title"], made["description"]) == ("Rain", "For mornings.")
    assert (made["tags"], made["visibility"]) == (["piano", "tape"], "unlisted")
    changed = ben.call("update_crate", crate_id=made["id"], title="Sun", description="", tags=[])
    assert (changed["title"], changed["description"], changed["tags"]) == ("Sun", None, [])
    assert (changed["mood"], changed["genre"]) == ("calm", "ambient")


def test_all_that_is_said_of_a_crate_can_be_changed(ben: Actor, db: Connection) -> None:
    path = f"{ben.id}/{uuid.uuid4()}.webp"
    db.execute("insert into storage.objects (bucket_id, name) values ('crate-covers', %s)", [path])
    given = {
        "title": "Sun",
        "description": "For evenings.",
        "genre": "jazz",
        "mood": "loud",
        "tags": ["brass"],
        "visibility": "followers",
        "cover_path": path,
    }
    made = ben.call("create_crate", **given)
    assert {key: made[key] for key in given} == given
    plain = new_crate(ben)
    changed = ben.call("update_crate", crate_id=plain, **given)
    assert {key: changed[key] for key in given} == given
    # What is not named stays.
    again = ben.call("update_crate", crate_id=plain)
    assert {key: again[key] for key in given} == given


def test_a_crate_sent_again_is_the_same_crate(ben: Actor) -> None:
    again = uuid.uuid4()
    first = ben.call("create_crate", title="Rain", client_id=again)
    assert ben.call("create_crate", title="Other", client_id=again) == first
    ben.call("delete_crate", crate_id=first["id"])
    with refused(409, "crate_deleted"):
        ben.call("create_crate", title="Rain", client_id=again)
    assert ben.call("create_crate", title="Rain", client_id=uuid.uuid4())["title"] == "Rain"


@pytest.mark.parametrize(
    ("change", "token"),
    [
        ({"title": " "}, "title_invalid"),
        ({"title": None}, "title_invalid"),
        ({"title": "x" * 121}, "title_invalid"),
        ({"title": "\u2028\u1160"}, "title_invalid"),
        ({"description": "x" * 1001}, "description_too_long"),
        ({"genre": "polka-core"}, "unknown_genre"),
        ({"mood": "x" * 41}, "mood_too_long"),
        ({"tags": ["a"] * 11}, "tags_invalid"),
        ({"tags": ["a b"]}, "tags_invalid"),
        ({"tags": [None]}, "tags_invalid"),
        ({"visibility": "friends"}, "crate_visibility_unknown"),
        ({"cover_path": "x.png"}, "cover_not_found"),
    ],
)
def test_a_crate_that_does_not_fit_is_refused(
    change: dict[str, Any], token: str, ben: Actor, db: Connection
) -> None:
    with refused(422, token):
        ben.call("create_crate", **{"title": "Rain", **change})
    assert db.execute("select from public.crates").fetchall() == []
    crate = new_crate(ben)
    if next(iter(change.values())) is not None:
        with refused(422, token):
            ben.call("update_crate", crate_id=crate, **change)


def test_nobody_has_more_crates_than_the_limit(ben: Actor, db: Connection) -> None:
    db.execute("update private.settings set value = 2 where name = 'crates_limit'")
    first = new_crate(ben)
    new_crate(ben)
    with refused(409, "crate_limit"):
        new_crate(ben)
    ben.call("delete_crate", crate_id=first)
    new_crate(ben)


def test_tracks_stand_in_the_order_they_were_added_and_once(ben: Actor, db: Connection) -> None:
    crate = new_crate(ben)
    items = fill(ben, crate, db, 5)
    (track,) = ben.run("select track_id from public.crate_items where id = %s", items[2])
    again = ben.call(
        "add_to_crate", crate_id=crate, track_id=track["track_id"], note="another note"
    )
    assert (again["id"], again["note"]) == (items[2], None)
    assert order(ben, crate) == order(ben, crate, 2) == ["0", "1", "2", "3", "4"]
    assert counter_laws(db) == []
    row = ben.call("crate", crate_id=crate)
    assert (row["crate"]["item_count"], row["crate"]["total_ms"]) == (5, 1_000_000)
    assert [item["track"]["title"] for item in row["items"]] == ["0", "1", "2", "3", "4"]


def test_moving_an_item_changes_no_other(ben: Actor, db: Connection) -> None:
    crate = new_crate(ben)
    items = fill(ben, crate, db, 5)

    def positions() -> dict[uuid.UUID, Any]:
        rows = ben.run("select id, position from public.crate_items")
        return {row["id"]: row["position"] for row in rows}

    before = positions()
    for item, after, expected in (
        (4, 0, "04123"),
        (4, None, "40123"),
        (0, 3, "41230"),
        (1, 1, "41230"),
        (2, 1, "41230"),
        (4, None, "41230"),
        (3, 4, "43120"),
    ):
        ben.call(
            "move_crate_item",
            item_id=items[item],
            after_item_id=None if after is None else items[after],
        )
        assert "".join(order(ben, crate)) == expected
        now = positions()
        assert {key: now[key] for key in now if key != items[item]} == {
            key: before[key] for key in before if key != items[item]
        }
        before = now


def test_a_gap_that_is_halved_again_and_again_never_runs_out(ben: Actor, db: Connection) -> None:
    db.execute("update private.settings set value = 8 where name = 'crate_position_digits'")
    crate = new_crate(ben)
    items = fill(ben, crate, db, 4)
    expected = ["0", "1", "2", "3"]
    for number in range(60):
        moved = 3 - number % 2
        ben.call("move_crate_item", item_id=items[moved], after_item_id=items[0])
        expected.remove(str(moved))
        expected.insert(1, str(moved))
        assert order(ben, crate) == expected
    digits = db.execute("select max(scale(position)) as most from public.crate_items").fetchone()
    assert digits is not None
    assert digits["most"] <= 8


def test_items_go_and_notes_change(ben: Actor, cleo: Actor, db: Connection) -> None:
    crate = new_crate(ben)
    ben.call("set_crate_collaborator", crate_id=crate, username="cleo", role="editor")
    items = fill(ben, crate, db, 2)
    assert cleo.call("note_crate_item", item_id=items[0], note=" so good ")["note"] == "so good"
    (first, _) = ben.rows("crate_items", crate_id=crate)
    assert (first["note"], first["added_by"]["username"]) == ("so good", "cleo")
    for deed in ("note_crate_item", "add_to_crate"):
        extra = (
            {"item_id": items[0]}
            if deed == "note_crate_item"
            else {"crate_id": crate, "track_id": make_song(db)}
        )
        with refused(422, "note_too_long"):
            cleo.call(deed, **extra, note="x" * 281)
    ben.call("block", username="cleo")
    (first, _) = ben.rows("crate_items", crate_id=crate)
    assert (first["note"], first["added_by"]) == (None, None)
    ben.call("remove_from_crate", item_id=items[0])
    with refused(404, "crate_item_not_found"):
        ben.call("remove_from_crate", item_id=items[0])
    assert order(ben, crate) == ["1"]
    assert counter_laws(db) == []


def test_a_full_crate_takes_no_more(ben: Actor, db: Connection) -> None:
    db.execute("update private.settings set value = 2 where name = 'crate_items_limit'")
    crate = new_crate(ben)
    fill(ben, crate, db, 2)
    with refused(409, "crate_full"):
        ben.call("add_to_crate", crate_id=crate, track_id=make_song(db))


def test_two_who_fill_a_crate_at_once_stop_at_its_limit(database: Database) -> None:
    with database.connect() as connection:
        connection.execute(
            "update private.settings set value = 10 where name = 'crate_items_limit'"
        )
        crate = make_crate(connection, "ada")
        ada = actor(connection, "ada")
        ada.call("set_crate_collaborator", crate_id=crate, username="ben", role="editor")
        songs = [make_song(connection) for _ in range(24)]

    def put(connection: Connection, number: int) -> None:
        editor = actor(connection, ("ada", "ben")[number % 2])
        for song in songs[3 * number : 3 * number + 3]:
            editor.call("add_to_crate", crate_id=crate, track_id=song)

    outcomes = race(database, [partial(put, number=number) for number in range(8)])
    assert set(refusals(outcomes)) == {("PT409", "crate_full")}
    with database.connect() as connection:
        assert len(order(actor(connection, "ada"), crate, 50)) == 10
        assert counter_laws(connection) == []


def test_what_one_cannot_see_or_hear_is_not_put_into_a_crate(
    ada: Actor, ben: Actor, dan: Actor, db: Connection
) -> None:
    ada.call("block", username="dan")
    crate, theirs, own = new_crate(ben), new_crate(dan), new_crate(ada)
    with refused(404, "track_not_found"):
        dan.call("add_to_crate", crate_id=theirs, track_id=make_upload(db, "ada"))
    for status in ("draft", "processing", "hidden", "removed"):
        track = make_upload(db, "ada", status)
        with refused(404, "track_not_found"):
            ben.call("add_to_crate", crate_id=crate, track_id=track)
        with refused(409, "track_not_published"):
            ada.call("add_to_crate", crate_id=own, track_id=track)
    with refused(404, "track_not_found"):
        ben.call("add_to_crate", crate_id=crate, track_id=uuid.uuid4())


def test_a_track_that_is_hidden_later_leaves_a_gap_that_says_nothing(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    crate, track = new_crate(ben), make_upload(db, "ada")
    ben.call("add_to_crate", crate_id=crate, track_id=track)
    ada.call("hide_track", track_id=track)
    (item,) = ben.rows("crate_items", crate_id=crate)
    assert item["track"] is None
    ben.call("remove_from_crate", item_id=item["id"])


def test_editors_fill_viewers_look_owners_do_all(
    ada: Actor, ben: Actor, cleo: Actor, stranger: Actor, db: Connection
) -> None:
    give_plan(db, "ada", "pro")
    crate = new_crate(ada, visibility="private")
    song = make_song(db)
    for name, role in (("ben", "viewer"), ("cleo", "editor")):
        reply = ada.call("set_crate_collaborator", crate_id=crate, username=name, role=role)
        assert reply == {"username": name, "role": role}
    item = cleo.call("add_to_crate", crate_id=crate, track_id=song)["id"]
    assert [len(person.rows("crate_items", crate_id=crate)) for person in (ada, ben, cleo)] == [
        1
    ] * 3
    for person, status, token in (
        (ben, 403, "crate_not_yours"),
        (stranger, 404, "crate_not_found"),
    ):
        with refused(status, token):
            person.call("add_to_crate", crate_id=crate, track_id=song)
        hidden = "crate_item_not_found" if status == 404 else token
        for deed, extra in (
            ("remove_from_crate", {}),
            ("move_crate_item", {"after_item_id": None}),
            ("note_crate_item", {"note": "x"}),
        ):
            with refused(status, hidden):
                person.call(deed, item_id=item, **extra)
    for person, status, token in (
        (ben, 403, "crate_not_yours"),
        (cleo, 403, "crate_not_yours"),
        (stranger, 404, "crate_not_found"),
    ):
        with refused(status, token):
            person.call("update_crate", crate_id=crate, title="Mine")
        with refused(status, token):
            person.call("delete_crate", crate_id=crate)
        with refused(status, token):
            person.call("set_crate_collaborator", crate_id=crate, username="finn", role="viewer")
    people = ada.call("crate", crate_id=crate)["collaborators"]
    assert {(each["username"], each["role"]) for each in people} == {
        ("ben", "viewer"),
        ("cleo", "editor"),
    }
    assert [row["my_role"] for row in cleo.rows("my_crates")] == ["editor"]
    # A role is what it was set to last.
    for name, role in (("ben", "editor"), ("cleo", "viewer")):
        ada.call("set_crate_collaborator", crate_id=crate, username=name, role=role)
    ben.call("note_crate_item", item_id=item, note="mine now")
    with refused(403, "crate_not_yours"):
        cleo.call("note_crate_item", item_id=item, note="still mine")


def test_collaborations_end_by_owner_by_oneself_or_by_a_block(
    ada: Actor, ben: Actor, cleo: Actor, dan: Actor, db: Connection
) -> None:
    give_plan(db, "ada", "pro")
    crate = new_crate(ada, visibility="private")
    for name in ("ben", "cleo", "dan"):
        ada.call("set_crate_collaborator", crate_id=crate, username=name, role="editor")
    with refused(403, "crate_not_yours"):
        ben.call("set_crate_collaborator", crate_id=crate, username="cleo", role=None)
    for _ in range(2):
        ada.call("set_crate_collaborator", crate_id=crate, username="ben", role=None)
    cleo.call("set_crate_collaborator", crate_id=crate, username="cleo", role=None)
    dan.call("block", username="ada")
    for person in (ben, cleo, dan):
        with refused(404, "crate_not_found"):
            person.call("crate", crate_id=crate)
        with refused(404, "crate_not_found"):
            person.call("set_crate_collaborator", crate_id=crate, username="ben", role=None)
    with refused(404, "profile_not_found"):
        ada.call("set_crate_collaborator", crate_id=crate, username="dan", role="viewer")
    with refused(422, "not_yourself"):
        ada.call("set_crate_collaborator", crate_id=crate, username="ada", role="viewer")
    with refused(422, "collaborator_role_unknown"):
        ada.call("set_crate_collaborator", crate_id=crate, username="ben", role="owner")


def test_a_crate_has_as_many_collaborators_as_its_owners_plan_gives(
    ada: Actor, db: Connection
) -> None:
    crate = new_crate(ada)
    ada.call("set_crate_collaborator", crate_id=crate, username="ben", role="viewer")
    with refused(402, "plan_limit_reached") as caught:
        ada.call("set_crate_collaborator", crate_id=crate, username="cleo", role="viewer")
    assert caught.value.diag.message_hint == "1"
    give_plan(db, "ada", "pro")
    ada.call("set_crate_collaborator", crate_id=crate, username="cleo", role="viewer")
    # Who has more than their plan gives any more keeps them, changes their roles, and adds none.
    db.execute("delete from public.entitlement_grants")
    ada.call("set_crate_collaborator", crate_id=crate, username="cleo", role="editor")
    with refused(402, "plan_limit_reached"):
        ada.call("set_crate_collaborator", crate_id=crate, username="dan", role="viewer")


def test_who_was_made_a_collaborator_is_not_shown_for_it_until_they_take_part(
    ada: Actor, ben: Actor, cleo: Actor, stranger: Actor, visitor: Actor, modesty: Actor,
    db: Connection,
) -> None:  # fmt: skip
    give_plan(db, "ada", "pro")
    crate = new_crate(ada)
    for name in ("ben", "cleo"):
        ada.call("set_crate_collaborator", crate_id=crate, username=name, role="editor")

    def shown(reader: Actor) -> set[str]:
        return {each["username"] for each in reader.call("crate", crate_id=crate)["collaborators"]}

    for reader in (stranger, visitor):
        assert shown(reader) == set()
    for reader in (ada, ben, cleo, modesty):
        assert shown(reader) == {"ben", "cleo"}
    ben.call("add_to_crate", crate_id=crate, track_id=make_song(db))
    for reader in (stranger, visitor):
        assert shown(reader) == {"ben"}


def test_nobody_invites_without_end(ada: Actor, ben: Actor, db: Connection) -> None:
    crate = new_crate(ada)
    db.execute(
        "update private.rate_limit_rules set capacity = 2 where action = 'invite_collaborator'"
    )
    for _ in range(2):
        ada.call("set_crate_collaborator", crate_id=crate, username="ben", role="editor")
    with refused(429, "rate_limited"):
        ada.call("set_crate_collaborator", crate_id=crate, username="cleo", role="editor")
    # Who does not want to goes at any time.
    ben.call("set_crate_collaborator", crate_id=crate, username="ben", role=None)
    assert ben.rows("my_crates") == []


def test_staff_who_are_blocked_are_no_collaborators_either(
    ada: Actor, modesty: Actor, db: Connection
) -> None:
    crate = new_crate(modesty)
    ada.call("block", username="modesty")
    with refused(404, "profile_not_found"):
        modesty.call("set_crate_collaborator", crate_id=crate, username="ada", role="viewer")


def test_an_editor_learns_no_note_of_who_blocks_them_by_moving_it(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection
) -> None:
    give_plan(db, "ada", "pro")
    crate = make_crate(db, "ada")
    for name in ("ben", "cleo"):
        ada.call("set_crate_collaborator", crate_id=crate, username=name, role="editor")
    song = make_song(db)
    item = ben.call("add_to_crate", crate_id=crate, track_id=song, note="for ada")["id"]
    seen = cleo.call("move_crate_item", item_id=item, after_item_id=None)
    assert (seen["note"], seen["added_by"]) == ("for ada", ben.id)
    ben.call("block", username="cleo")
    for seen in (
        cleo.call("move_crate_item", item_id=item, after_item_id=None),
        cleo.call("add_to_crate", crate_id=crate, track_id=song),
        cleo.call("note_crate_item", item_id=item, note=None),
    ):
        assert (seen["note"], seen["added_by"]) == (None, None)
    assert cleo.call("note_crate_item", item_id=item, note="mine")["note"] == "mine"


def test_a_deleted_crate_leaves_nothing_to_be_read(
    ada: Actor, ben: Actor, modesty: Actor, db: Connection
) -> None:
    crate = new_crate(ada, description="secret", mood="blue", tags=["x"], genre="jazz")
    fill(ada, crate, db, 3)
    ada.call("set_crate_collaborator", crate_id=crate, username="ben", role="editor")
    modesty.call("feature_crate", crate_id=crate, is_featured=True)
    ada.call("record_crate_play", crate_id=crate)
    for _ in range(2):
        ada.call("delete_crate", crate_id=crate)
    for person in (ada, ben, modesty):
        for deed in ("crate", "crate_items"):
            with refused(404, "crate_not_found"):
                person.call(deed, crate_id=crate)
        assert person.run("select id from public.crates") == []
        for table in ("crate_items", "crate_collaborators"):
            assert person.run(f"select crate_id from public.{table}") == []
        for listing in ("my_crates", "new_crates", "featured_crates", "trending_crates"):
            assert person.rows(listing) == []
        with refused(404, "crate_not_found"):
            person.call("record_crate_play", crate_id=crate)
    row = db.execute(
        "select title, description, mood, tags, genre, item_count, total_ms from public.crates"
    ).fetchone()
    assert row == {
        "title": None, "description": None, "mood": None, "tags": [], "genre": None,
        "item_count": 0, "total_ms": 0,
    }  # fmt: skip
    assert counter_laws(db) == []


def test_staff_feature_public_crates(
    ada: Actor, ben: Actor, modesty: Actor, visitor: Actor, db: Connection
) -> None:
    public, private = new_crate(ada), new_crate(ada, visibility="private")
    with refused(403, "not_allowed"):
        ben.call("feature_crate", crate_id=public, is_featured=True)
    with refused(409, "crate_not_public"):
        modesty.call("feature_crate", crate_id=private, is_featured=True)
    with refused(422, "value_missing"):
        modesty.call("feature_crate", crate_id=public, is_featured=None)
    with refused(404, "crate_not_found"):
        modesty.call("feature_crate", crate_id=uuid.uuid4(), is_featured=True)
    for _ in range(2):
        assert modesty.call("feature_crate", crate_id=public, is_featured=True)["is_featured"]
    assert [row["id"] for row in visitor.rows("featured_crates")] == [public]
    ada.call("update_crate", crate_id=public, visibility="followers")
    assert visitor.rows("featured_crates") == []
    assert not modesty.call("feature_crate", crate_id=public, is_featured=False)["is_featured"]
    audit = db.execute("select action from private.audit_events order by id").fetchall()
    assert [row["action"] for row in audit] == ["crate_featured", "crate_unfeatured"]


def test_a_crate_is_played_once_a_listener_and_hour(
    ben: Actor, cleo: Actor, db: Connection
) -> None:
    crate = make_crate(db, "ada")
    assert ben.call("record_crate_play", crate_id=crate) == {"is_counted": True}
    assert ben.call("record_crate_play", crate_id=crate) == {"is_counted": False}
    db.execute("update private.crate_plays set hour = hour - interval '1 hour'")
    assert ben.call("record_crate_play", crate_id=crate) == {"is_counted": True}
    assert cleo.call("record_crate_play", crate_id=crate) == {"is_counted": True}
    assert ben.call("crate", crate_id=crate)["crate"]["play_count"] == 3
    assert counter_laws(db) == []


def test_an_artist_who_is_erased_takes_their_tracks_out_of_all_crates(
    ben: Actor, db: Connection
) -> None:
    crate = new_crate(ben)
    fill(ben, crate, db, 2)
    ben.call("add_to_crate", crate_id=crate, track_id=make_upload(db, "ada"))
    db.execute("select private.erase_account(%s)", [person_id("ada")])
    assert order(ben, crate) == ["0", "1"]
    assert counter_laws(db) == []


def test_fifty_editors_fill_and_order_one_crate_at_once(database: Database) -> None:
    editors = [person_id(f"editor-{number}") for number in range(50)]
    with database.connect() as connection:
        connection.execute("update private.rate_limit_rules set capacity = 100000")
        for number, identity in enumerate(editors):
            sign_up(connection, identity, f"e{number}@x.test", {"username": f"editor_{number}"})
        crate = make_crate(connection, "ada")
        connection.execute(
            "insert into public.crate_collaborators (crate_id, user_id, role)"
            " select %s, id, 'editor' from public.profiles where username like 'editor%%'",
            [crate],
        )
        songs = [make_song(connection) for _ in range(200)]

    def edit(connection: Connection, number: int) -> int:
        chance = random.Random(number)
        editor = Actor(connection, "editor", editors[number], "authenticated")
        removed = 0
        for song in songs[4 * number : 4 * number + 4]:
            item = editor.call("add_to_crate", crate_id=crate, track_id=song)["id"]
            # The same song as somebody else at the same time.
            editor.call("add_to_crate", crate_id=crate, track_id=songs[0])
            others = [row["id"] for row in editor.run("select id from public.crate_items")]
            after = chance.choice([None, *others])
            try:
                editor.call("move_crate_item", item_id=item, after_item_id=after)
            except psycopg.Error as error:
                # Somebody has just taken away the one it was to stand behind.
                assert error.diag.message_primary == "crate_item_not_found"
            if number % 10 == 1:
                editor.call("remove_from_crate", item_id=item)
                removed += 1
        return removed

    outcomes = race(
        database,
        [partial(edit, number=number) for number in range(50)],
    )
    assert refusals(outcomes) == []
    with database.connect() as connection:
        row = connection.execute(
            "select count(*) as items, count(distinct position) as places,"
            " count(distinct track_id) as tracks from public.crate_items where crate_id = %s",
            [crate],
        ).fetchone()
        left = len(songs) - sum(outcomes)
        assert row == {"items": left, "places": left, "tracks": left}
        ada = actor(connection, "ada")
        assert len(order(ada, crate, 37)) == left
        assert ada.call("crate", crate_id=crate)["crate"]["item_count"] == left
        assert counter_laws(connection) == []


def test_nobody_has_more_crates_than_the_limit_however_many_are_made_at_once(
    database: Database,
) -> None:
    with database.connect() as connection:
        connection.execute("update private.rate_limit_rules set capacity = 100")
        connection.execute("update private.settings set value = 3 where name = 'crates_limit'")
    outcomes = race(database, [lambda own: new_crate(actor(own, "ada"))] * 8)
    assert refusals(outcomes) == [("PT409", "crate_limit")] * 5
    with database.connect() as connection:
        ada = actor(connection, "ada")
        (first, *_rest) = [row["id"] for row in ada.rows("my_crates")]
        assert len(_rest) == 2
        ada.call("delete_crate", crate_id=first)
        new_crate(ada)
        with refused(409, "crate_limit"):
            new_crate(ada)
