"""examples/moderation in headless Chromium, on a running stack; moderation.mjs tells the rest."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devstack import nodejs
from devstack.example import FOLDER as EXAMPLES
from devstack.install import is_installed
from tests.apps import play, served_example
from tests.plugins.stack import RunningStack, running_stack

HERE = Path(__file__).parent
STORIES = [
    "a post is hidden",
    "a ban and an appeal",
    "a track is heard",
    "a claim, a request and the log",
    "decided by keyboard alone",
    "a long queue, and what goes wrong",
    "small and large, light and dark",
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """A stack of these tests' own: they leave cases, and change settings."""
    if not (is_installed(HERE) and is_installed(EXAMPLES)):
        pytest.fail(
            "Chromium or the examples' packages are missing here: run `make browser` first."
        )
    with running_stack(tmp_path_factory.mktemp("moderation") / "a home", seed=True) as running:
        with psycopg.connect(running.database_url, autocommit=True) as connection:
            # Whoever has just come weighs as much as anybody.
            connection.execute(
                "update private.settings set value = 0 where name = 'report_young_days'"
            )
            # More cases than a page of the queue has, lighter than any other.
            connection.execute(
                "insert into public.moderation_cases (target_kind, target_id, kind, subject_id)"
                " select 'profile', gen_random_uuid(), 'strikes', profile.id"
                " from public.profiles as profile, generate_series(1, 25)"
                " where profile.username = 'gus'"
            )
        yield running


@pytest.fixture(scope="module")
def page_url(stack: RunningStack) -> Iterator[str]:
    """The address of the page, served as `make example name=moderation` does."""
    with served_example(stack, "moderation") as url:
        yield url


@pytest.mark.timeout(900)
@pytest.mark.parametrize("story", STORIES)
def test_moderation(stack: RunningStack, page_url: str, story: str, tmp_path: Path) -> None:
    played = play(
        HERE / "moderation.mjs",
        story,
        seconds=880,
        PAGE_URL=page_url,
        SUPABASE_URL=stack.url,
        SUPABASE_KEY=stack.publishable_key,
        FUNCTIONS_URL=stack.functions_url,
        CRON_SECRET=stack.cron_secret,
        PICTURES=str(tmp_path),
    )
    assert played.returncode == 0, f"{played.stderr}\nPictures: {tmp_path}"


def test_there_is_no_other_page() -> None:
    refused = subprocess.run(
        [nodejs.node(), EXAMPLES / "serve.mjs", "nowhere"],
        env={**os.environ, "SUPABASE_URL": "http://a.test", "SUPABASE_PUBLISHABLE_KEY": "a key"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert (refused.returncode, "no page called nowhere" in refused.stderr) == (1, True)


def test_every_story_of_moderation_is_played() -> None:
    done = play(HERE / "moderation.mjs", "?")
    assert f"the stories are: {', '.join(STORIES)}" in done.stderr
