"""Checks of the policies on the platform's tables: files and channels."""

from __future__ import annotations

from tests.database import Row, forbidden, person_id
from tests.policies.checks import Stage, check

INSERT = "insert into storage.objects (bucket_id, name) values (%s, %s)"
# A file lies directly in the folder named as its owner's id, under a plain name.
BAD_NAMES = (
    "{id}", "{id}/", "{id}/.hidden", "{id}/a/b.png", "{id}/../x.png", "{id}/a b.png",
    "x/{id}/a.png", "{id}x/a.png", "a.png", "{id}/" + "a" * 101 + ".png",
    "{id}/" + "a" * 30, "{id}/" + "a" * 30 + ".html", "{id}/" + "a" * 30 + ".png.svg",
)  # fmt: skip

# Names in post-media are long enough that nobody guesses them.
LONG = "a-name-nobody-guesses-"


def named(name: str, file: str) -> str:
    """A file in somebody's folder."""
    return f"{person_id(name)}/{LONG}{file}"


def keys(rows: list[Row]) -> set[tuple[str, str]]:
    """Bucket and name of each row."""
    return {(row["bucket_id"], row["name"]) for row in rows}


@check("storage.objects")
def people_list_their_own_files_alone(stage: Stage) -> None:
    listing = "select bucket_id, name from storage.objects"
    for name in ("ada", "ben"):
        own = {("avatars", named(name, "first.png")), ("post-media", named(name, "first.png"))}
        assert keys(stage.actor(name).run(listing)) == own
    for name in ("visitor", "stranger", "modesty", "rooty"):
        assert stage.actor(name).run(listing) == []


@check("storage.objects")
def people_upload_into_their_own_folder_alone(stage: Stage) -> None:
    for bucket in ("avatars", "post-media"):
        assert stage.ada.count(INSERT, bucket, named("ada", "new-1.png")) == 1
        with forbidden():
            stage.ada.run(INSERT, bucket, named("ben", "new-1.png"))
        with forbidden():
            stage.visitor.run(INSERT, bucket, named("ada", "new-2.png"))
        for pattern in BAD_NAMES:
            with forbidden():
                stage.ada.run(INSERT, bucket, pattern.format(id=person_id("ada")))
    with forbidden():
        stage.ada.run(INSERT, "elsewhere", named("ada", "new-1.png"))


@check("storage.objects")
def nobody_uploads_an_avatar_while_they_may_not_write(stage: Stage) -> None:
    with stage.leaving("ben", in_storage=True):
        stage.ben.run(INSERT, "avatars", named("ben", "new.png"))
    with stage.switched_off("profiles", in_storage=True):
        stage.ada.run(INSERT, "avatars", named("ada", "new.png"))


@check("storage.objects")
def nobody_uploads_media_while_they_may_not_write(stage: Stage) -> None:
    with stage.leaving("ben", in_storage=True):
        stage.ben.run(INSERT, "post-media", named("ben", "new.png"))
    with stage.switched_off("social", in_storage=True):
        stage.ada.run(INSERT, "post-media", named("ada", "new.png"))


@check("storage.objects")
def people_replace_their_own_avatar_alone(stage: Stage) -> None:
    # An update that reads nothing is judged by the policy for update alone.
    replace = "update storage.objects set metadata = '{}'"
    assert stage.ada.count(replace) == 1
    assert stage.value("select count(*) from storage.objects where metadata is not null") == 1
    for name in ("visitor", "stranger", "modesty", "rooty"):
        assert stage.actor(name).count(replace) == 0


@check("storage.objects")
def an_avatar_stays_in_its_owners_folder(stage: Stage) -> None:
    assert stage.ada.count("update storage.objects set name = %s", named("ada", "moved.png")) == 1
    for name in (named("ben", "moved.png"), named("ada", "a/b.png"), "moved.png"):
        with forbidden():
            stage.ada.run("update storage.objects set name = %s", name)
    with forbidden():
        stage.ada.run(
            "update storage.objects set bucket_id = 'elsewhere', name = %s", named("ada", "b.png")
        )


@check("storage.objects")
def nobody_replaces_an_avatar_while_they_may_not_write(stage: Stage) -> None:
    with stage.leaving("ben", in_storage=True):
        stage.ben.run("update storage.objects set metadata = '{}'")
    with stage.switched_off("profiles", in_storage=True):
        stage.ada.run("update storage.objects set metadata = '{}'")


@check("storage.objects")
def people_remove_their_own_files_alone(stage: Stage) -> None:
    for name in ("visitor", "stranger", "modesty", "rooty"):
        assert stage.actor(name).count("delete from storage.objects") == 0
    assert stage.ada.count("delete from storage.objects") == 2
    left = keys(stage.connection.execute("select bucket_id, name from storage.objects").fetchall())
    assert left == {
        ("avatars", named("ben", "first.png")),
        ("post-media", named("ben", "first.png")),
        ("elsewhere", named("ada", "first.png")),
        ("elsewhere", named("ben", "first.png")),
    }


def joined(stage: Stage, name: str, topic: str) -> int:
    """How many messages somebody sees who asks to join a topic, as the realtime server asks."""
    with stage.actor(name).session() as connection:
        connection.execute("select set_config('realtime.topic', %s, true)", [topic])
        rows = connection.execute("select id from realtime.messages").fetchall()
        connection.execute("select set_config('realtime.topic', '', true)")
    return len(rows)


@check("realtime.messages")
def people_join_their_own_topic_alone(stage: Stage) -> None:
    topic = f"user:{person_id('ada')}"
    assert joined(stage, "ada", topic) > 0
    for name in ("visitor", "ben", "modesty", "rooty"):
        assert joined(stage, name, topic) == 0
    for other in ("user:", f"user:{person_id('ben')}", f"room:{person_id('ada')}", ""):
        assert joined(stage, "ada", other) == 0


@check("realtime.messages")
def nobody_sends_on_a_topic_by_themselves(stage: Stage) -> None:
    topic = f"user:{person_id('ada')}"
    for name in ("visitor", "ada", "ben", "rooty"):
        with forbidden(), stage.actor(name).session() as connection:
            connection.execute("select set_config('realtime.topic', %s, true)", [topic])
            connection.execute(
                "insert into realtime.messages (topic, extension) values (%s, 'broadcast')", [topic]
            )
