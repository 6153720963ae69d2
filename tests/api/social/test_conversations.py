"""Starting conversations, groups, and who comes and goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.social.talking import bodies, listed, opens, read, say, start
from tests.database import Actor, Connection, forbidden, person_id, refused, sign_up


@pytest.fixture(autouse=True)
def open_people(ada: Actor, ben: Actor, cleo: Actor, eve: Actor) -> None:
    """Requests have tests of their own."""
    opens(ada, ben, cleo, eve)


def test_two_people_have_one_conversation_whoever_starts_it(ada: Actor, ben: Actor) -> None:
    row = ada.call("start_conversation", usernames=[" BEN "])
    assert (row["kind"], row["title"], row["state"], row["member_count"]) == (
        "direct", None, "joined", 2,
    )  # fmt: skip
    assert [card["username"] for card in row["members"]] == ["ben"]
    assert start(ben, "ada") == start(ada, "ben", "ben") == row["id"]


def test_an_empty_conversation_is_in_nobodys_list(ada: Actor, ben: Actor) -> None:
    conversation = start(ada, "ben")
    assert listed(ada) == listed(ben) == []
    say(ada, conversation)
    assert listed(ada) == listed(ben) == [conversation]


def test_a_group_has_a_title_and_is_listed_at_once(ada: Actor, ben: Actor, cleo: Actor) -> None:
    row = ada.call("start_conversation", usernames=["ben", "cleo"], title="  The Band\u200b ")
    assert (row["kind"], row["title"], row["member_count"]) == ("group", "The Band", 3)
    assert listed(ada) == listed(ben) == listed(cleo) == [row["id"]]
    # The same people may have another one; and two may have a group.
    assert start(ada, "ben", "cleo", title="The Band") != row["id"]
    assert start(ada, "ben", title="Duo") != start(ada, "ben")


@pytest.mark.parametrize("title", ["", " ", "x" * 121, "\u200b", "x" * 100_000])
def test_a_title_has_1_to_120_characters(ada: Actor, title: str) -> None:
    with refused(422, "title_invalid"):
        ada.call("start_conversation", usernames=["ben"], title=title)
    group = start(ada, "ben", title="x" * 120)
    with refused(422, "title_invalid"):
        ada.call("rename_conversation", conversation_id=group, title=title)


def test_more_than_one_other_needs_a_title(ada: Actor) -> None:
    with refused(422, "title_invalid"):
        ada.call("start_conversation", usernames=["ben", "cleo"])


@pytest.mark.parametrize("usernames", [None, [], [None], ["ben", None], ["ben"] * 20])
def test_somebody_has_to_be_named_but_not_too_many(
    ada: Actor, usernames: list[str | None] | None
) -> None:
    with refused(422, "recipients_invalid"):
        ada.run("select public.start_conversation(%s::text[], 'x')", usernames)


def test_nobody_starts_with_themself_or_with_whom_they_cannot_see(
    ada: Actor, dan: Actor, stranger: Actor, modesty: Actor, db: Connection
) -> None:
    with refused(422, "not_yourself"):
        start(ada, "ada")
    with refused(404, "profile_not_found"):
        start(ada, "ben", "nobody_of_this_name", title="x")
    ada.call("block", username="dan")
    ada.call("block", username="modesty")
    for one, other in ((ada, "dan"), (dan, "ada"), (modesty, "ada")):
        with refused(404, "profile_not_found"):
            start(one, other)
    stranger.call("delete_my_account", confirm_username="stranger")
    for one in (ada, modesty):
        with refused(404, "profile_not_found"):
            start(one, "stranger")
    assert db.execute("select count(*) as n from public.conversations").fetchone() == {"n": 0}


def test_visitors_have_no_part_in_it(visitor: Actor) -> None:
    with forbidden():
        visitor.rows("my_conversations")
    with forbidden():
        visitor.call("start_conversation", usernames=["ada"])


def test_who_joins_a_group_reads_what_comes_after(
    ada: Actor, ben: Actor, cleo: Actor, eve: Actor
) -> None:
    group = start(ada, "ben", title="Band")
    secret = say(ada, group, "before cleo")
    row = ben.call("add_to_conversation", conversation_id=group, usernames=["cleo", "ada"])
    assert row["member_count"] == 3
    assert (listed(cleo), read(cleo, group)) == ([group], [])
    assert cleo.call("conversation", conversation_id=group)["last_message"] is None
    quoting = say(ben, group, "after", reply_to=secret)
    assert bodies(cleo, group) == ["after"]
    assert read(cleo, group)[0]["reply_to"] is None
    assert read(ada, group)[0]["reply_to"]["body"] == "before cleo"
    assert cleo.call("direct_message", message_id=quoting)["body"] == "after"
    for message in (secret, quoting):
        with refused(404, "direct_message_not_found"):
            eve.call("direct_message", message_id=message)
    for call in ({"up_to": secret}, {"up_to": eve.id}):
        with refused(404, "direct_message_not_found"):
            cleo.call("mark_conversation_read", conversation_id=group, **call)
    with refused(404, "direct_message_not_found"):
        say(cleo, group, reply_to=secret)
    # Adding again, and adding nobody new, changes nothing.
    again = ada.call("add_to_conversation", conversation_id=group, usernames=["cleo"])
    assert again["member_count"] == 3


def test_a_conversation_of_two_stays_one_of_two(ada: Actor) -> None:
    pair = start(ada, "ben")
    calls: dict[str, dict[str, Any]] = {
        "add_to_conversation": {"usernames": ["cleo"]},
        "rename_conversation": {"title": "x"},
        "leave_conversation": {},
    }
    for function, more in calls.items():
        with refused(409, "not_a_group"):
            ada.call(function, conversation_id=pair, **more)


def test_a_group_is_full_at_its_limit(ada: Actor, db: Connection) -> None:
    db.execute("update private.settings set value = 3 where name = 'conversation_member_limit'")
    with refused(422, "recipients_invalid"):
        start(ada, "ben", "cleo", "eve", title="x")
    group = start(ada, "ben", title="x")
    with refused(409, "conversation_full"):
        ada.call("add_to_conversation", conversation_id=group, usernames=["cleo", "eve"])
    ada.call("add_to_conversation", conversation_id=group, usernames=["cleo"])
    with refused(409, "conversation_full"):
        ada.call("add_to_conversation", conversation_id=group, usernames=["eve"])


def test_a_group_is_of_twenty_at_most(ada: Actor, db: Connection) -> None:
    names = [f"crowd_{number}" for number in range(20)]
    for name in names:
        sign_up(db, person_id(name), f"{name}@x.test", {"username": name})
    with refused(422, "recipients_invalid"):
        start(ada, *names, title="Too many")
    group = start(ada, *names[:19], title="Orchestra")
    assert ada.call("conversation", conversation_id=group)["member_count"] == 20
    with refused(409, "conversation_full"):
        ada.call("add_to_conversation", conversation_id=group, usernames=names[19:])


def test_who_is_added_is_somebody_else_who_takes_messages(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    group = start(ada, "ben", title="Band")
    cleo.call("set_dm_permission", permission="nobody")
    for usernames, status, token in (
        (["cleo"], 403, "messages_not_wanted"),
        (["ada"], 422, "not_yourself"),
        ([], 422, "recipients_invalid"),
        (["nobody_here"], 404, "profile_not_found"),
    ):
        with refused(status, token):
            ada.run("select public.add_to_conversation(%s, %s::text[])", group, usernames)
    assert ben.call("conversation", conversation_id=group)["member_count"] == 2


def test_any_member_renames_a_group(ada: Actor, ben: Actor, cleo: Actor) -> None:
    group = start(ada, "ben", title="Band")
    row = ben.call("rename_conversation", conversation_id=group, title="Better band")
    assert row["title"] == "Better band"
    with refused(404, "conversation_not_found"):
        cleo.call("rename_conversation", conversation_id=group, title="mine")
    assert ada.call("conversation", conversation_id=group)["title"] == "Better band"


def test_who_leaves_reads_and_writes_no_more_but_may_take_words_back(
    ada: Actor, ben: Actor
) -> None:
    group = start(ada, "ben", title="Band")
    mine = say(ben, group, "I was here")
    for _ in range(2):
        assert ben.call("leave_conversation", conversation_id=group) == {"is_member": False}
    assert listed(ben) == []
    calls: dict[str, dict[str, Any]] = {
        "messages": {},
        "conversation": {},
        "mark_conversation_read": {"up_to": mine},
        "send_direct_message": {"body": "hello?"},
        "mute_conversation": {"until": None},
        "accept_message_request": {},
        "add_to_conversation": {"usernames": ["cleo"]},
    }
    for function, more in calls.items():
        with refused(404, "conversation_not_found"):
            ben.rows(function, conversation_id=group, **more)
    row = ada.call("conversation", conversation_id=group)
    assert (row["members"], row["member_count"]) == ([], 1)
    assert bodies(ada, group) == ["I was here"]
    ben.call("delete_direct_message", message_id=mine)
    assert bodies(ada, group) == [None]


def test_who_has_left_comes_back_only_by_accepting(ada: Actor, ben: Actor) -> None:
    group = start(ada, "ben", title="Band")
    say(ada, group, "old")
    ben.call("leave_conversation", conversation_id=group)
    say(ada, group, "while away")
    ada.call("add_to_conversation", conversation_id=group, usernames=["ben"])
    assert (listed(ben), listed(ben, requests=True)) == ([], [group])
    say(ada, group, "come back")
    assert ben.call("accept_message_request", conversation_id=group)["state"] == "joined"
    assert listed(ben) == [group]
    assert bodies(ben, group) == ["come back"]


def test_a_group_goes_with_its_last_member(ada: Actor, ben: Actor, db: Connection) -> None:
    group = start(ada, "ben", title="Band")
    say(ada, group)
    ada.call("leave_conversation", conversation_id=group)
    assert bodies(ben, group) == ["hi"]
    ben.call("leave_conversation", conversation_id=group)
    for table in ("conversations", "conversation_members", "direct_messages"):
        assert db.execute(f"select from public.{table}".encode()).fetchall() == []
    with refused(404, "conversation_not_found"):
        ben.call("leave_conversation", conversation_id=group)


def test_a_conversation_is_muted_for_oneself_until_a_time(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    pair = start(ada, "ben")

    def hear_of_it() -> list[str]:
        rows = db.execute(
            "select username from private.message_audience(%s, %s) as heard"
            " join public.profiles on id = member_id",
            [pair, ada.id],
        ).fetchall()
        return [row["username"] for row in rows]

    assert hear_of_it() == ["ben"]
    muted = ben.call("mute_conversation", conversation_id=pair, until="2100-01-01")
    assert muted["muted_until"].startswith("2100-01-01")
    assert hear_of_it() == []
    assert ben.call("conversation", conversation_id=pair)["muted_until"].year == 2100
    assert ada.call("conversation", conversation_id=pair)["muted_until"] is None
    for until in ("2001-01-01", "-infinity", None):
        ben.call("mute_conversation", conversation_id=pair, until="infinity")
        assert hear_of_it() == []
        assert ben.call("mute_conversation", conversation_id=pair, until=until) == {
            "muted_until": None
        }
        assert hear_of_it() == ["ben"]


def test_a_block_ends_a_conversation_of_two_for_both_until_it_is_taken_back(
    ada: Actor, ben: Actor
) -> None:
    pair = start(ada, "ben")
    message = say(ada, pair)
    ben.call("block", username="ada")
    for person in (ada, ben):
        assert listed(person) == []
        calls: dict[str, dict[str, Any]] = {
            "messages": {},
            "conversation": {},
            "send_direct_message": {"body": "let me in"},
            "mark_conversation_read": {"up_to": message},
            "mute_conversation": {"until": None},
        }
        for function, more in calls.items():
            with refused(404, "conversation_not_found"):
                person.rows(function, conversation_id=pair, **more)
        with refused(404, "direct_message_not_found"):
            person.call("direct_message", message_id=message)
    with refused(404, "profile_not_found"):
        start(ada, "ben")
    ben.call("unblock", username="ada")
    assert bodies(ben, pair) == ["hi"]
    assert start(ada, "ben") == pair


def test_a_block_in_a_group_hides_the_two_from_each_other_alone(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    group = start(cleo, "ada", "ben", title="Band")
    first = say(ada, group, "from ada")
    say(ben, group, "from ben", reply_to=first)
    ben.call("block", username="ada")
    last = say(ada, group, "ada again")
    assert bodies(ben, group) == ["from ben"]
    assert bodies(ada, group) == ["from ada", "ada again"]
    assert bodies(cleo, group) == ["from ada", "from ben", "ada again"]
    (row,) = ben.rows("my_conversations")
    assert [card["username"] for card in row["members"]] == ["cleo"]
    assert (row["last_message"]["body"], row["unread_count"]) == ("from ben", 0)
    assert read(ben, group)[0]["reply_to"] == {"id": str(first), "sender": None, "body": None}
    with refused(404, "direct_message_not_found"):
        ben.call("direct_message", message_id=last)
    with refused(404, "direct_message_not_found"):
        say(ben, group, "what I do not see", reply_to=last)


def test_in_a_group_a_block_also_hides_messages_from_staff_who_are_in_it(
    ada: Actor, ben: Actor, modesty: Actor
) -> None:
    opens(ben, modesty)
    group = start(ada, "ben", "modesty", title="colleagues")
    for member in (ben, modesty):
        say(member, group, f"of {member.name}")
    ben.call("block", username="modesty")
    assert bodies(modesty, group) == ["of modesty"]
    table = "select body from public.direct_messages"
    assert modesty.run(table) == [{"body": "of modesty"}]
    assert ben.run(table) == [{"body": "of ben"}]


def test_what_a_switched_off_domain_refuses_is_writing(ada: Actor, db: Connection) -> None:
    pair = start(ada, "ben")
    say(ada, pair)
    db.execute("update public.feature_flags set is_enabled = false where name = 'social'")
    assert listed(ada) == [pair]
    with refused(403, "feature_disabled"):
        say(ada, pair)


def test_starting_is_slowed(ada: Actor, db: Connection) -> None:
    db.execute(
        "update private.rate_limit_rules set capacity = 2 where action = 'start_conversation'"
    )
    start(ada, "ben")
    start(ada, "cleo")
    start(ada, "ben")  # is there already
    with refused(429, "rate_limited"):
        start(ada, "eve")


def test_renaming_is_slowed(ada: Actor) -> None:
    group = start(ada, "ben", title="x")
    with refused(429, "rate_limited"):
        for number in range(40):
            ada.call("rename_conversation", conversation_id=group, title=str(number))


def test_a_list_shows_five_of_the_others_and_a_conversation_all(ada: Actor, db: Connection) -> None:
    names = [f"crowd_{number}" for number in range(8)]
    for name in names:
        sign_up(db, person_id(name), f"{name}@x.test", {"username": name})
    group = start(ada, *names, title="Many")
    (row,) = ada.rows("my_conversations")
    whole = ada.call("conversation", conversation_id=group)
    assert (len(row["members"]), row["member_count"]) == (5, 9)
    assert {card["username"] for card in whole["members"]} == set(names)
    assert row["members"] == whole["members"][:5]
    assert {card["state"] for card in whole["members"]} == {"requested"}
