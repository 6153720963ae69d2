"""Streaks once more, in Python: a calendar on the wall, a cross for each day somebody was there.

Written from the rules in words (docs/decisions/0131-streaks-and-moves.md) and nothing else: by sets
of dates, where the database reckons with moments.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FREEZE_EVERY, FREEZES_AT_MOST = 7, 2
BETWEEN_MOVES = timedelta(hours=16)


def on_the_wall(at: datetime, zone: str) -> date:
    """The date of a zone's calendar."""
    return at.astimezone(ZoneInfo(zone)).date()


def was_there(day: date, zone: str) -> bool:
    """Whether a zone had this date at all."""
    noon = datetime.combine(day, time(12), ZoneInfo(zone))
    return noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day


@dataclass
class Streak:
    """One streak of somebody; `weekly` of weeks, which go by their Monday."""

    weekly: bool = False
    current: int = 0
    longest: int = 0
    freezes: int = 0
    crosses: list[tuple[date, str]] = field(default_factory=list)  # day kept, in which zone
    counted: list[tuple[date, datetime, str]] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)  # which rules came to pass

    def period(self, at: datetime, zone: str) -> date:
        """The day, or the Monday of the week."""
        day = on_the_wall(at, zone)
        return day - timedelta(day.weekday()) if self.weekly else day

    def missed(self, at: datetime, zone: str) -> int:
        """How many days went by since the last cross, whole, in either calendar."""
        last, kept_in = self.crosses[-1]
        step = timedelta(7 if self.weekly else 1)
        went_by = []
        for calendar in (kept_in, zone):
            days, day, today = set(), last + step, self.period(at, calendar)
            while day < today:
                if self.weekly or was_there(day, calendar):
                    days.add(day)
                day += step
            went_by.append(days)
        return len(went_by[0] & went_by[1])

    def is_alive(self, at: datetime, zone: str) -> bool:
        """Whether it would go on if they did something now."""
        return bool(self.crosses) and self.missed(at, zone) <= self.freezes

    def do(self, at: datetime, zone: str) -> bool:
        """Somebody does something, at home in this zone: whether the day is counted."""
        day = self.period(at, zone)
        if not self.crosses:
            return self._count(day, at, zone, 1)
        (last, kept_in), (last_counted, counted_at, counted_in) = self.crosses[-1], self.counted[-1]
        if day < last or at <= counted_at:
            self.seen["late, or a day that comes again"] += 1
            return False
        if day == last_counted:
            if zone != kept_in:
                self.seen["the same day in another zone"] += 1
                self.crosses.append((day, zone))
            return False
        if zone != counted_in and at - counted_at < BETWEEN_MOVES:
            self.seen["too soon after a move"] += 1
            self.crosses.append((day, zone))
            return False
        missed = self.missed(at, zone)
        if day == last:
            self.seen["counted later in its day"] += 1
        if zone != kept_in and day - last > timedelta(7 if self.weekly else 1) and not missed:
            self.seen["a day that was never theirs"] += 1
        if missed > self.freezes:
            self.seen["broken"] += 1
            return self._count(day, at, zone, 1)
        if missed:
            self.seen[f"saved by {missed}"] += 1
        self.freezes -= missed
        return self._count(day, at, zone, self.current + 1)

    def _count(self, day: date, at: datetime, zone: str, current: int) -> bool:
        self.current = current
        self.longest = max(self.longest, current)
        if current % FREEZE_EVERY == 0 and self.freezes < FREEZES_AT_MOST:
            self.seen["a freeze is earned"] += 1
            self.freezes += 1
        self.crosses.append((day, zone))
        self.counted.append((day, at, zone))
        return True
