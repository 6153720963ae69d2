"""Whatever people do in a session, it plays what an independent model says comes next."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.rooms.session_model import Item, Model
from tests.database import Actor, Connection, actor
from tests.rooms import be_seen
from tests.sessions import advance, make_party, queue, session_of

DJS = ("ben", "cleo", "dan")
MODES = ("fan", "artist", "public")
person = st.sampled_from(DJS)
place = st.integers(0, 9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("enqueue"), person),
        st.tuples(st.just("enqueue"), person),
        st.tuples(st.just("advance")),
        st.tuples(st.just("advance")),
        st.tuples(st.just("join"), person),
        st.tuples(st.just("leave"), person),
        st.tuples(st.just("vote"), person, place, st.sampled_from((-1, 0, 1))),
        st.tuples(st.just("move"), place, st.none() | place),
        st.tuples(st.just("go"), person),
        st.tuples(st.just("come back"), person),
        st.tuples(st.just("mode"), st.sampled_from(MODES)),
    ),
    min_size=5,
    max_size=25,
)


class Party:
    """A session in the database beside its model: each step is done to both."""

    def __init__(self, db: Connection, mode: str, per_turn: int, cycles: bool) -> None:
        self.db = db
        self.model = Model(mode, per_turn, cycles)
        self.room, self.session = make_party(
            db, mode, tracks_per_turn=per_turn, rotation_cycles=cycles, queue_limit_per_member=50
        )
        self.ids: dict[str, uuid.UUID] = {}
        for name in DJS:
            db.execute(
                "insert into public.session_contributors (session_id, user_id) values (%s, %s)",
                [self.session, actor(db, name).id],
            )
            self.join(name)

    def person(self, name: str) -> Actor:
        """Somebody who acts."""
        return actor(self.db, name)

    def enqueue(self, name: str) -> None:
        if self.model.mode == "fan" and self.model.slot(name) is None:
            return
        label = f"{name} {len(self.ids)}"
        (self.ids[label],) = queue(self.person(name), self.session)
        self.model.enqueue(label, name)

    def advance(self) -> None:
        if self.model.playing is not None:
            advance(self.db, self.session)
            self.model.advance()

    def join(self, name: str) -> None:
        if self.model.mode == "fan":
            self.person(name).call("join_rotation", session_id=self.session)
            self.model.join(name)

    def leave(self, name: str) -> None:
        self.person(name).call("leave_rotation", session_id=self.session)
        self.model.leave(name)

    def at(self, number: int) -> Item | None:
        """One of those that are queued."""
        items = self.model.queue
        return items[number % len(items)] if items else None

    def vote(self, name: str, number: int, value: int) -> None:
        item = self.at(number)
        if item is None or item.by == name or name in self.model.away:
            return
        answer = self.person(name).call("vote_track", item_id=self.ids[item.name], value=value)
        self.model.vote(item, name, value)
        assert answer["up_count"] - answer["down_count"] == item.score

    def move(self, number: int, behind: int | None) -> None:
        item, after = self.at(number), None if behind is None else self.at(behind)
        if item is None or self.model.mode == "public":
            return
        arguments: dict[str, Any] = {"item_id": self.ids[item.name]}
        arguments["after_item_id"] = None if after is None else self.ids[after.name]
        self.person("ada").call("move_queue_item", **arguments)
        self.model.move(item, after)

    def go(self, name: str) -> None:
        be_seen(self.db, self.room, name, 61)
        self.model.away.add(name)

    def come_back(self, name: str) -> None:
        be_seen(self.db, self.room, name)
        self.model.away.discard(name)

    def mode(self, mode: str) -> None:
        self.person("ada").call("change_session_mode", session_id=self.session, mode=mode)
        self.model.change_mode(mode)

    def compare(self) -> None:
        """What plays is what the model plays, and the list begins with what it would pick."""
        names = {identity: name for name, identity in self.ids.items()}
        row = session_of(self.db, self.session)
        playing = names.get(row["current_item_id"])
        assert playing == (self.model.playing.name if self.model.playing else None)
        assert row["sequence"] == self.model.sequence
        state = self.person("ada").call("session_state", session_id=self.session)
        if self.model.mode == "fan":
            rotation = [slot["dj"]["username"] for slot in state["rotation"]]
            assert rotation == [slot.dj for slot in self.model.rotation]
        elif state["queue"]:
            first = names[uuid.UUID(state["queue"][0]["id"])]
            next_ = self.model._pick()
            assert next_ is not None
            assert first == next_.name


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(mode=st.sampled_from(MODES), per_turn=st.integers(1, 3), cycles=st.booleans(), steps=STEPS)
def test_a_session_plays_what_the_model_plays(
    mode: str, per_turn: int, cycles: bool, steps: list[tuple[Any, ...]], db: Connection
) -> None:
    with db.transaction(force_rollback=True):
        db.execute("update private.rate_limit_rules set capacity = 100000")
        party = Party(db, mode, per_turn, cycles)
        for what, *arguments in steps:
            getattr(party, what.replace(" ", "_"))(*arguments)
            party.compare()
        # Then it plays to the end of what it can, in the model's order.
        while party.model.playing is not None:
            party.advance()
            party.compare()
