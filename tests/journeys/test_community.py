"""A community on the whole stack, through the official clients."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import httpx
import pytest

from devstack.demo.story import Story
from devstack.processes import ROOT
from tests.apps import told_by
from tests.plugins.stack import RunningStack, backbeat, environment


def test_javascript_app(seeded_stack: RunningStack) -> None:
    seen = told_by(
        Path(__file__).with_name("community.mjs"), seeded_stack.url, seeded_stack.publishable_key
    )
    assert seen == {
        "refreshed": True,
        "followed": {"state": "following"},
        "followedAgain": [],
        "othersFolder": True,
        "wrongKind": True,
        "downloaded": 8,
        "publicDownload": 200,
        "samePost": True,
        "liked": {"liked": True, "like_count": 1},
        "reposted": {"reposted": True, "repost_count": 1},
        "feed": [[True, "following", True, 1]],
        "next": [],
        "visitorFeed": True,
        "embedded": True,
        "account": {"track_count": 0, "total_earned_minor": 0, "currency": "USD"},
        "visitorRefused": [401, "permission denied for function home_feed"],
        "badCursor": [422, "bad_cursor"],
        "unknown": [404, "profile_not_found"],
        "forgery": [403, "permission denied for table posts"],
        "othersProfile": [],
        "constraint": [
            400,
            'new row for relation "profiles" violates check constraint "profiles_bio_length"',
        ],
        "blockedFeed": [],
        "blockedPage": [404, "profile_not_found"],
        "joined": "SUBSCRIBED",
        "notJoined": "CHANNEL_ERROR",
        "health": "reachable",
        "notForPeople": 401,
    }


@pytest.mark.timeout(1300)
def test_the_demo_tells_its_story_twice(seeded_stack: RunningStack) -> None:
    for _ in range(2):
        done = backbeat(seeded_stack.home, "demo")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "all of them right" in done.stdout
        # To its last chapter.
        assert "ok    the ledger sums to zero" in done.stdout


def test_a_story_whose_numbers_are_wrong_says_which(capsys: pytest.CaptureFixture[str]) -> None:
    story = Story()
    story.check("likes of the post", 2, 2)
    assert story.end() == 0
    story.check("followers of ada", 1, 2)
    assert story.end() == 1
    said = capsys.readouterr().out
    assert "WRONG followers of ada: 1, not 2" in said
    assert "1 of them wrong" in said


def test_what_make_up_prints_works_as_it_stands(seeded_stack: RunningStack) -> None:
    said = seeded_stack.output()
    for value in (seeded_stack.url, seeded_stack.publishable_key, seeded_stack.secret_key):
        assert value in said
    assert f"{seeded_stack.home}/logs" in said
    sign_ins = re.findall(r"Sign in as +(\S+) +(\S+)$", said, re.MULTILINE)
    assert len(sign_ins) == 3
    for email, password in sign_ins:
        answer = httpx.post(
            f"{seeded_stack.url}/auth/v1/token?grant_type=password",
            headers={"apikey": seeded_stack.publishable_key},
            json={"email": email, "password": password},
            timeout=180,
        )
        assert answer.json()["user"]["email"] == email
    (curl,) = re.findall(r"^ +(curl .*)$", said, re.MULTILINE)
    done = subprocess.run(
        ["bash", "-c", f"{curl} --silent --fail"], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["access_token"]


def test_the_commands_of_the_readme_work_as_they_stand(seeded_stack: RunningStack) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    (commands,) = (block for block in blocks if "curl" in block)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=ROOT,
        env=environment(seeded_stack.home),
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    feed = json.loads(done.stdout)
    assert [row["author"]["username"] for row in feed] == ["cleo", "ben", "ada"]
