"""What a session plays next, written down a second time: plain lists, step by step.

It knows the rules of the modes as people would tell them and nothing of the SQL, which orders the
whole queue by keys instead. Test code: what is played, and who is away, it is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Item:
    """A track in the queue."""

    name: str
    by: str
    ups: set[str] = field(default_factory=set)
    downs: set[str] = field(default_factory=set)

    @property
    def score(self) -> int:
        """Votes up less votes down."""
        return len(self.ups) - len(self.downs)


@dataclass
class Slot:
    """A DJ's place in the rotation."""

    dj: str
    played_in_turn: int = 0
    is_warned: bool = False


@dataclass
class Model:
    """A session that is active."""

    mode: str
    tracks_per_turn: int
    cycles: bool
    queue: list[Item] = field(default_factory=list)
    rotation: list[Slot] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    away: set[str] = field(default_factory=set)
    playing: Item | None = None
    sequence: int = 0

    def slot(self, dj: str) -> Slot | None:
        """Where somebody stands in the rotation."""
        return next((slot for slot in self.rotation if slot.dj == dj), None)

    def of(self, person: str) -> list[Item]:
        """What one person has queued, in its order."""
        return [item for item in self.queue if item.by == person]

    def enqueue(self, name: str, by: str) -> None:
        """Somebody queues a track; where nothing plays it begins, if it is its turn."""
        self.queue.append(Item(name, by))
        self.begin_if_silent()

    def join(self, dj: str) -> None:
        """Somebody joins the rotation at its end."""
        if self.slot(dj) is None:
            self.rotation.append(Slot(dj))
            self.begin_if_silent()

    def leave(self, dj: str) -> None:
        """Somebody leaves it; who is on is skipped, and what they have queued waits."""
        slot = self.slot(dj)
        if slot is None:
            return
        self.rotation.remove(slot)
        is_on = slot.played_in_turn > 0 and self.playing is not None and self.playing.by == dj
        if is_on and self.mode == "fan":
            self.advance()

    def move(self, item: Item, after: Item | None) -> None:
        """Put an item behind another, or first."""
        if item is not after:
            self.queue.remove(item)
            self.queue.insert(0 if after is None else self.queue.index(after) + 1, item)

    def vote(self, item: Item, person: str, value: int) -> None:
        """Give, change or take back a vote."""
        item.ups.discard(person)
        item.downs.discard(person)
        if value:
            (item.ups if value > 0 else item.downs).add(person)

    def change_mode(self, mode: str) -> None:
        """The queue stays; whoever is on has had their turn."""
        if mode == self.mode:
            return
        if self.mode == "fan":
            self._end_turn(is_over=True)
        self.mode = mode
        self.begin_if_silent()

    def begin_if_silent(self) -> None:
        """Where nothing plays, see whether something can."""
        if self.playing is None:
            self.advance()

    def advance(self) -> None:
        """What plays is over: what is next?"""
        if self.mode == "fan":
            self._end_turn()
        before, self.playing = self.playing, self._pick()
        self.sequence += before is not None or self.playing is not None
        if self.playing is None:
            return
        self.queue.remove(self.playing)
        self.played.append(self.playing.by)
        slot = self.slot(self.playing.by)
        if self.mode == "fan" and slot is not None:
            if slot.dj not in self.away:
                slot.is_warned = False
            elif slot.played_in_turn == 0:
                slot.is_warned = True
            slot.played_in_turn += 1

    def _end_turn(self, *, is_over: bool = False) -> None:
        on = next((slot for slot in self.rotation if slot.played_in_turn > 0), None)
        if on is None:
            return
        if not is_over and on.played_in_turn < self.tracks_per_turn and self.of(on.dj):
            return
        self.rotation.remove(on)
        if self.cycles:
            on.played_in_turn = 0
            self.rotation.append(on)

    def _pick(self) -> Item | None:
        if self.mode == "fan":
            return self._pick_of_rotation()
        if not self.queue:
            return None
        return self.queue[0] if self.mode == "artist" else self._pick_by_votes()

    def _pick_of_rotation(self) -> Item | None:
        on = next((slot for slot in self.rotation if slot.played_in_turn > 0), None)
        if on is not None:
            return self.of(on.dj)[0]
        for slot in self.rotation:
            is_passed_over = slot.is_warned and slot.dj in self.away
            if self.of(slot.dj) and not is_passed_over:
                return self.of(slot.dj)[0]
        return None

    def _pick_by_votes(self) -> Item:
        best = max(item.score for item in self.queue)
        firsts: dict[str, Item] = {}
        for item in self.queue:
            if item.score == best:
                firsts.setdefault(item.by, item)
        fewest = min(self.played.count(person) for person in firsts)
        return next(item for item in firsts.values() if self.played.count(item.by) == fewest)
