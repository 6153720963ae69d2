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


IMAGES = ("crate-covers", "product-images")


@check("storage.objects")
def people_upload_images_into_their_own_folder_alone(stage: Stage) -> None:
    for bucket in IMAGES:
        assert stage.ada.count(INSERT, bucket, named("ada", "new-1.png")) == 1
        for name, folder in (("ada", "ben"), ("visitor", "ada")):
            with forbidden():
                stage.actor(name).run(INSERT, bucket, named(folder, "new-2.png"))
        for pattern in (*BAD_NAMES, "{id}/short.png"):
            with forbidden():
                stage.ada.run(INSERT, bucket, pattern.format(id=person_id("ada")))


@check("storage.objects")
def people_list_and_remove_their_own_images_alone(stage: Stage) -> None:
    every = (*IMAGES, "track-files", "proof-files", "exports")
    stage.owner("delete from storage.objects")
    for bucket in every:
        for name in ("ada", "ben"):
            stage.owner(INSERT, bucket, named(name, "old.png"))
    seen = {*IMAGES, "proof-files", "exports"}
    for name in ("ada", "ben"):
        rows = stage.actor(name).run("select bucket_id, name from storage.objects")
        assert keys(rows) == {(bucket, named(name, "old.png")) for bucket in seen}
    for name in ("visitor", "stranger", "modesty", "rooty"):
        assert stage.actor(name).run("select name from storage.objects") == []
        assert stage.actor(name).count("delete from storage.objects") == 0
    assert stage.ada.count("delete from storage.objects") == len(IMAGES)
    for bucket in every:
        # Nothing here is ever replaced.
        change = "update storage.objects set metadata = '{}' where bucket_id = %s"
        assert stage.ben.count(change, bucket) == 0


@check("storage.objects")
def artists_upload_to_the_path_of_their_own_draft_alone(stage: Stage) -> None:
    def path(status: str, artist: str = "ada") -> str:
        return f"{person_id(artist)}/{stage.tracks[status]}.mp3"

    for status in ("processing", "published", "hidden", "removed"):
        with forbidden():
            stage.ada.run(INSERT, "track-files", path(status))
    for name in (named("ada", "new.mp3"), path("draft", "ben")):
        with forbidden():
            stage.ada.run(INSERT, "track-files", name)
    for name in ("visitor", "ben", "modesty"):
        with forbidden():
            stage.actor(name).run(INSERT, "track-files", path("draft"))
    with forbidden():
        stage.ada.run(INSERT, "elsewhere", path("draft"))
    assert stage.ada.count(INSERT, "track-files", path("draft")) == 1


@check("storage.objects")
def artists_upload_one_preview_of_each_of_their_own_tracks(stage: Stage) -> None:
    def path(status: str, end: str = "-preview.mp3") -> str:
        return f"{person_id('ada')}/{stage.tracks[status]}{end}"

    for name in ("visitor", "ben", "modesty"):
        with forbidden():
            stage.actor(name).run(INSERT, "track-files", path("published"))
    for other in (path("removed"), path("published", "-preview.wav"), path("published", "-x.mp3")):
        with forbidden():
            stage.ada.run(INSERT, "track-files", other)
    for status in ("draft", "processing", "published", "hidden"):
        assert stage.ada.count(INSERT, "track-files", path(status)) == 1
    change = "update storage.objects set metadata = '{}' where bucket_id = 'track-files'"
    assert stage.ada.count(change) == 0
    assert stage.ada.count("delete from storage.objects where bucket_id = 'track-files'") == 0


@check("storage.objects")
def people_upload_proofs_into_their_own_folder_alone(stage: Stage) -> None:
    proof = f"{person_id('ada')}/stems.zip"
    assert stage.ada.count(INSERT, "proof-files", proof) == 1
    for name in ("ben", "visitor", "modesty"):
        with forbidden():
            stage.actor(name).run(INSERT, "proof-files", proof.replace("stems", "more"))
    for name in ("stems.zip", f"{person_id('ada')}/a/b.zip", f"{person_id('ada')}/none"):
        with forbidden():
            stage.ada.run(INSERT, "proof-files", name)
    for bucket in ("exports", "elsewhere"):
        with forbidden():
            stage.ada.run(INSERT, bucket, proof)


@check("storage.objects")
def nobody_uploads_images_while_they_may_not_write(stage: Stage) -> None:
    with stage.leaving("ben", in_storage=True):
        stage.ben.run(INSERT, "crate-covers", named("ben", "new.png"))
    with stage.switched_off("catalogue", in_storage=True):
        stage.ada.run(INSERT, "product-images", named("ada", "new.png"))


@check("storage.objects")
def nobody_uploads_tracks_while_they_may_not_write(stage: Stage) -> None:
    with stage.switched_off("catalogue", in_storage=True):
        path = f"{person_id('ada')}/{stage.tracks['draft']}.mp3"
        stage.ada.run(INSERT, "track-files", path)


@check("storage.objects")
def nobody_uploads_proofs_while_they_may_not_write(stage: Stage) -> None:
    with stage.leaving("ben", in_storage=True):
        stage.ben.run(INSERT, "proof-files", f"{person_id('ben')}/a.zip")
    with stage.switched_off("catalogue", in_storage=True):
        stage.ada.run(INSERT, "proof-files", f"{person_id('ada')}/a.zip")


@check("storage.objects")
def nobody_uploads_more_than_they_have_room_for(stage: Stage) -> None:
    files = {
        "avatars": named("ada", "more.png"),
        "post-media": named("ada", "more.png"),
        "crate-covers": named("ada", "more.png"),
        "track-files": f"{person_id('ada')}/{stage.tracks['draft']}.mp3",
        "proof-files": f"{person_id('ada')}/a.zip",
    }
    most = stage.value("select value from private.settings where name = 'stored_bytes_limit'")
    stage.owner(
        "insert into storage.objects (bucket_id, name, metadata)"
        " values ('exports', %s, jsonb_build_object('size', %s::bigint))",
        named("ada", "all.zip"),
        most,
    )
    for bucket, name in files.items():
        with forbidden():
            stage.ada.run(INSERT, bucket, name)
    assert stage.ben.count(INSERT, "avatars", named("ben", "more.png")) == 1


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
