"""Checks of who reads cases, sanctions, appeals and reports, and of what is withheld or refused."""

from __future__ import annotations

from typing import Any

from tests.database import forbidden, person_id, refused
from tests.policies.checks import Stage, check
from tests.policies.commerce_orders import MERCH
from tests.policies.messages import talk
from tests.policies.rooms import furnish
from tests.policies.storage import LONG, named
from tests.shop import Shop
from tests.trust import impose


def judged(stage: Stage) -> None:
    """ben reports ada's post; cleo is warned and appeals."""
    stage.ben.call("report", target_kind="post", target_id=stage.posts["public"], reason="spam")
    sanction = impose(stage.connection, "cleo", "warn", by="modesty")
    stage.cleo.call("appeal", sanction_id=sanction, text="no")


def readers(stage: Stage, table: str, column: str) -> set[str]:
    """Who of some reads a row of a table."""
    found = set()
    for name in ("ada", "ben", "cleo", "stranger", "modesty", "rooty"):
        if stage.actor(name).run(f"select {column} from public.{table}"):
            found.add(name)
    with forbidden():
        stage.visitor.run(f"select {column} from public.{table}")
    return found


@check("public.moderation_cases")
def cases_are_for_staff(stage: Stage) -> None:
    judged(stage)
    assert readers(stage, "moderation_cases", "id") == {"modesty", "rooty"}


@check("public.moderation_cases")
@check("public.reports")
def staff_read_nothing_of_who_has_reported_them(stage: Stage) -> None:
    modesty, rooty = stage.actor("modesty"), stage.actor("rooty")
    about = {"target_kind": "profile", "target_id": modesty.id, "reason": "spam"}
    report = stage.ben.call("report", **about)["id"]
    one = "select case_id from public.reports where id = %s"
    (wanted,) = stage.connection.execute(one.encode(), [report]).fetchall()
    case = wanted["case_id"]
    assert (rooty.run(one, report), modesty.run(one, report)) == ([wanted], [])
    one = "select id as case_id from public.moderation_cases where id = %s"
    assert rooty.run(one, case) == [wanted]
    assert modesty.run(one, case) == []
    for staff, is_shown in ((rooty, True), (modesty, False)):
        shown = {row["id"] for row in staff.rows("moderation_queue")}
        assert (case in shown) == is_shown
    assert rooty.call("moderation_case", case_id=case)["id"] == case
    with refused(404, "case_not_found"):
        modesty.call("moderation_case", case_id=case)


@check("public.sanctions")
def sanctions_are_for_who_bears_them_and_staff(stage: Stage) -> None:
    judged(stage)
    assert readers(stage, "sanctions", "id") == {"cleo", "modesty", "rooty"}
    with forbidden():
        stage.cleo.run("select issued_by from public.sanctions")


@check("public.appeals")
def appeals_are_for_who_makes_them_and_staff(stage: Stage) -> None:
    judged(stage)
    assert readers(stage, "appeals", "sanction_id") == {"cleo", "modesty", "rooty"}
    with forbidden():
        stage.cleo.run("select decided_by from public.appeals")


@check("public.reports")
def reports_are_for_who_makes_them_and_staff(stage: Stage) -> None:
    judged(stage)
    assert readers(stage, "reports", "id") == {"ben", "modesty", "rooty"}
    for column in ("copy", "weight", "is_scored"):
        with forbidden():
            stage.ben.run(f"select {column} from public.reports")


def seers(stage: Stage, table: str, identity: Any, *names: str) -> set[str]:
    """Who of these reads a row."""
    return {
        name
        for name in names
        if stage.actor(name).run(f"select id from public.{table} where id = %s", identity)
    }


@check("public.posts")
def a_withheld_post_is_its_authors_and_staffs(stage: Stage) -> None:
    post = stage.posts["public"]
    stage.owner("update public.posts set is_withheld = true where id = %s", post)
    people = ("visitor", "stranger", "ben", "cleo", "ada", "modesty")
    assert seers(stage, "posts", post, *people) == {"ada", "modesty"}


@check("public.crates")
def a_withheld_crate_is_its_owners_and_staffs(stage: Stage) -> None:
    # cleo fills it.
    crate = stage.crates["public"]
    stage.owner("update public.crates set is_withheld = true where id = %s", crate)
    people = ("visitor", "stranger", "ben", "cleo", "ada", "modesty")
    assert seers(stage, "crates", crate, *people) == {"ada", "modesty"}


@check("public.rooms")
def a_withheld_room_is_its_owners_and_staffs(stage: Stage) -> None:
    rooms = furnish(stage)
    stage.owner("update public.rooms set is_withheld = true")
    people = ("visitor", "stranger", "finn", "cleo", "ada", "modesty")
    for kind in ("public", "private"):
        assert seers(stage, "rooms", rooms.ids[kind], *people) == {"ada", "modesty"}


@check("public.messages")
def what_is_withheld_in_a_room_is_its_authors_and_staffs(stage: Stage) -> None:
    room = furnish(stage).ids["public"]
    message = stage.value(
        "insert into public.messages (room_id, author_id, body, is_withheld)"
        " values (%s, %s, 'hi', true) returning id",
        room, person_id("finn"),
    )  # fmt: skip
    people = ("stranger", "cleo", "ada", "finn", "modesty")
    assert seers(stage, "messages", message, *people) == {"finn", "modesty"}


@check("public.direct_messages")
def what_is_withheld_between_people_is_its_senders(stage: Stage) -> None:
    early = talk(stage).early
    stage.owner("update public.direct_messages set is_withheld = true where id = %s", early)
    assert seers(stage, "direct_messages", early, "ada", "cleo", "modesty") == {"ada"}


@check("public.products")
def a_withheld_product_is_its_sellers(stage: Stage) -> None:
    product = Shop(stage.connection).offer("ada")
    stage.owner("update public.products set is_withheld = true where id = %s", product)
    people = ("visitor", "stranger", "modesty", "ada")
    assert seers(stage, "products", product, *people) == {"ada"}


@check("storage.objects")
def the_banned_remove_no_files(stage: Stage) -> None:
    insert = "insert into storage.objects (bucket_id, name) values (%s, %s)"
    for bucket in ("crate-covers", "product-images"):
        stage.owner(insert, bucket, named("ada", "first.png"))
    room = furnish(stage).ids["public"]
    stage.owner(insert, "room-avatars", f"{room}/{LONG}banned.png")
    impose(stage.connection, "ada")
    assert stage.ada.count("delete from storage.objects") == 0


@check("public.products")
def the_banned_fill_no_shelf(stage: Stage) -> None:
    Shop(stage.connection).open("ada")
    impose(stage.connection, "ada")
    with refused(403, "banned"):
        stage.ada.run(MERCH)


@check("realtime.messages")
def the_muted_are_present_and_say_nothing(stage: Stage) -> None:
    said = talk(stage)
    room = furnish(stage).ids["public"]
    impose(stage.connection, "cleo", "mute")
    for topic in (f"dm:{said.pair}", f"room:{room}"):
        send(stage, topic, "presence")
        with forbidden():
            send(stage, topic, "broadcast")


def send(stage: Stage, topic: str, extension: str) -> None:
    """Let cleo write to a topic, as the realtime server asks whether she may."""
    with stage.cleo.session() as connection:
        connection.execute("select set_config('realtime.topic', %s, true)", [topic])
        connection.execute(
            "insert into realtime.messages (topic, extension) values (%s, %s)", [topic, extension]
        )
        connection.execute("select set_config('realtime.topic', '', true)")
