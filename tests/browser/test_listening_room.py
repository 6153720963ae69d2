"""examples/listening-room in headless Chromium, on a running stack; stories.mjs tells the rest."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devstack.example import FOLDER as EXAMPLE
from devstack.install import is_installed
from devstack.processes import ROOT
from tests.apps import play, served_example
from tests.plugins.stack import RunningStack, environment, running_stack

HERE = Path(__file__).parent
STORIES = [
    "three people",
    "a late joiner",
    "a track that ends",
    "DJs in turn",
    "keyboard alone",
    "put out of the room",
    "a quiet word",
    "a private room",
    "what goes wrong",
    "small and large, light and dark",
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack of these tests' own: they leave people and rooms, and change a setting."""
    if not (is_installed(HERE) and is_installed(EXAMPLE)):
        pytest.fail(
            "Chromium or the example's packages are missing here: run `make browser` first."
        )
    with running_stack(tmp_path_factory.mktemp("browser") / "a home", seed=True) as running:
        with psycopg.connect(running.database_url, autocommit=True) as connection:
            # A track can be skipped from its first second to its last.
            connection.execute(
                "update private.settings set value = 0 where name = 'skip_margin_seconds'"
            )
        ended = threading.Event()
        clock = threading.Thread(target=tell_votes, args=(running.database_url, ended))
        clock.start()
        yield running
        ended.set()
        clock.join()


def tell_votes(database_url: str, ended: threading.Event) -> None:
    """What the schedule does every second. It moves no session on: here the pages do that."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        while not ended.wait(1):
            connection.execute("select backend.tell_votes()")


@pytest.fixture(scope="module")
def page_url(stack: RunningStack) -> Iterator[str]:
    """The address of the page, served as `make example` does."""
    with served_example(stack) as url:
        yield url


@pytest.mark.timeout(900)
@pytest.mark.parametrize("story", STORIES)
def test_a_listening_room(page_url: str, story: str, tmp_path: Path) -> None:
    played = play(
        HERE / "stories.mjs", story, seconds=880, PAGE_URL=page_url, PICTURES=str(tmp_path)
    )
    assert played.returncode == 0, f"{played.stderr}\nPictures: {tmp_path}"


def test_without_a_backend_the_page_is_not_served(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-m", "devstack.example"],
        cwd=ROOT,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert (refused.returncode, "start one with make up" in refused.stderr) == (1, True)


def test_every_story_is_played() -> None:
    done = play(HERE / "stories.mjs", "?")
    assert f"the stories are: {', '.join(STORIES)}" in done.stderr
