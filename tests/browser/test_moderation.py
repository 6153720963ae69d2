"""examples/moderation in headless Chromium, on a running stack; moderation.mjs tells the rest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devstack import nodejs
from devstack.example import FOLDER as EXAMPLES
from devstack.install import is_installed
from devstack.processes import ROOT, die_with_parent
from tests.plugins.stack import RunningStack, environment, running_stack

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
    with subprocess.Popen(
        [sys.executable, "-m", "devstack.example", "moderation"],
        cwd=ROOT,
        env={**environment(stack.home), "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip() + "/"
        server.terminate()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("story", STORIES)
def test_moderation(stack: RunningStack, page_url: str, story: str, tmp_path: Path) -> None:
    played = subprocess.run(
        [nodejs.node(), HERE / "moderation.mjs", story],
        env={
            **os.environ,
            "PAGE_URL": page_url,
            "NODE_MODULES": str(nodejs.MODULES),
            "SUPABASE_URL": stack.url,
            "SUPABASE_KEY": stack.publishable_key,
            "FUNCTIONS_URL": stack.functions_url,
            "CRON_SECRET": stack.cron_secret,
            "PICTURES": str(tmp_path),
        },
        capture_output=True,
        text=True,
        timeout=880,
        check=False,
        preexec_fn=die_with_parent,
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
    done = subprocess.run(
        [nodejs.node(), HERE / "moderation.mjs", "?"],
        env={**os.environ, "NODE_MODULES": str(nodejs.MODULES)},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert f"the stories are: {', '.join(STORIES)}" in done.stderr
