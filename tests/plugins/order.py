"""Which worker runs which tests: what is long first, what shares something costly together.

xdist deals out the files with the most tests first. Then long files of few tests come last, and the
other workers wait for them; and every worker starts every stack.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# Roughly how many seconds these take, the rest by the number of tests: only the order follows.
LONG = {
    "tests/api/chat/test_chat_keyset.py": 20,
    "tests/api/rooms/test_session_picks.py": 15,
    "tests/api/rooms/test_session_races.py": 30,
    "tests/api/social/test_comments_keyset.py": 50,
    "tests/api/social/test_keyset_property.py": 40,
    "tests/api/social/test_message_keyset_property.py": 30,
    "tests/api/social/test_message_races.py": 30,
    "tests/api/social/test_races.py": 40,
    "tests/api/social/test_visibility_matrix.py": 20,
    "tests/api/profiles/test_leaving_races.py": 100,
    "tests/api/progression/test_streak_model.py": 55,
    "tests/browser/": 90,
    "tests/crash/": 60,
    "tests/devstack/test_draft.py": 20,
    "tests/devstack/test_stack.py": 220,
    "tests/functions/test_archive_plays.py": 60,
    "tests/functions/test_run_detections.py": 65,
    "tests/http/test_bad_input.py": 90,
    "tests/http/test_functions.py": 75,
    "tests/http/test_fuzz.py": 20,
    "tests/http/test_hostile.py": 110,
    "tests/http/test_hostile_files.py": 60,
    "tests/policies/test_hostile.py": 40,
    "tests/policies/test_mass_assignment.py": 40,
    "tests/policies/test_mutants.py": 60,
}
SECONDS_OF_A_TEST = 0.1
# Each test of these is dealt out by itself.
SINGLE = ("tests/http/test_fuzz.py",)
# The files of such a folder share a stack or a generated community.
HOMES = ("tests/bench/", "tests/functions/", "tests/http/", "tests/journeys/")


class LongestFirst(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives a worker the longest file that is left, if it can one of a folder it is at home in."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return nodeid if file in SINGLE else file

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(self._choose(node), last=False)
        super()._assign_work_unit(node)

    def _choose(self, node: Any) -> str:
        mine = {home(scope) for scope in self.assigned_work[node]}
        everybodys = {home(scope) for work in self.assigned_work.values() for scope in work}
        seconds = {scope: expected(scope, len(work)) for scope, work in self.workqueue.items()}

        def rank(scope: str) -> tuple[int, float, float]:
            place = home(scope)
            if not place:
                return 1, 0, seconds[scope]
            if place in mine:
                return 3, 0, seconds[scope]
            if place in everybodys:
                return 0, 0, seconds[scope]
            whole = sum(each for name, each in seconds.items() if home(name) == place)
            return 2, whole, seconds[scope]

        chosen: str = max(seconds, key=rank)
        return chosen


def home(scope: str) -> str:
    """The folder whose files share something costly; "" for the others."""
    return next((folder for folder in HOMES if scope.startswith(folder)), "")


def expected(scope: str, tests: int) -> float:
    """Roughly how many seconds some tests of a file take."""
    known = (seconds for start, seconds in LONG.items() if scope.startswith(start))
    return next(known, tests * SECONDS_OF_A_TEST)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: of what tests take, a sixth to a half is waiting."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst | None:
    """Deal out the files our way."""
    return LongestFirst(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests have said by record_property("remark", ...)."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name == "remark":
                terminalreporter.write_line(value)
