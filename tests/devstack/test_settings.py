"""What `.env` replaces: a real project and a real object store in the place of the stack's own."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest

from backbeat.settings import Settings as FunctionSettings
from devstack.processes import ROOT, DevstackError
from devstack.settings import S3, SUPABASE, Settings
from tests.plugins.stack import RunningStack, backbeat, running_stack


def written(folder: Path, *lines: str) -> Path:
    """A `.env` of these lines."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".env").write_text("\n".join(lines) + "\n")
    return folder / ".env"


def project(stack: RunningStack) -> list[str]:
    """The lines that name a stack as the Supabase project of another."""
    return [
        f"SUPABASE_URL={stack.url}",
        f"SUPABASE_PUBLISHABLE_KEY={stack.publishable_key}",
        f"SUPABASE_SECRET_KEY={stack.secret_key}",
        f"SUPABASE_JWT_SECRET={stack.jwt_secret}",
    ]


def test_functions_and_schedules_run_beside_a_project_of_ones_own(
    stack: RunningStack, tmp_path: Path
) -> None:
    written(tmp_path, *project(stack), f"DATABASE_URL={stack.database_url}")
    with running_stack(tmp_path, has_clock=True) as beside:
        # No store in memory and no push server of ours: what is archived or sent there is real.
        assert set(beside.pids()) == {"functions", "schedules"}
        assert beside.url == stack.url
        health = httpx.get(f"{beside.functions_url}/health", timeout=180)
        assert health.status_code == 200, health.text
        done = httpx.post(
            f"{beside.functions_url}/erase-accounts",
            headers={"Authorization": f"Bearer {beside.cron_secret}"},
            timeout=120,
        )
        assert done.status_code == 200, done.text
        told = backbeat(tmp_path, "migrate")
        assert told.returncode == 0, told.stdout
        story = backbeat(tmp_path, "demo")
        assert story.returncode == 1
        assert "a stack of its own" in story.stdout
        assert "starting one" not in story.stdout
    # Where none runs, one is started for the story, and stopped after it.
    story = backbeat(tmp_path, "demo")
    assert story.returncode == 1
    assert "No stack is running: starting one" in story.stdout
    assert "a stack of its own" in story.stdout
    assert backbeat(tmp_path, "status").returncode == 1


def test_a_project_without_its_database_is_not_migrated(
    stack: RunningStack, tmp_path: Path
) -> None:
    written(tmp_path, *project(stack))
    with running_stack(tmp_path):
        told = backbeat(tmp_path, "migrate")
    assert told.returncode == 1
    assert "DATABASE_URL" in told.stdout


def test_an_object_store_of_ones_own_takes_the_place_of_moto(
    stack: RunningStack, tmp_path: Path
) -> None:
    own_s3 = json.loads((stack.home / "state.json").read_text())["parts"]["s3"]["url"]
    written(
        tmp_path,
        *project(stack),
        f"S3_ENDPOINT_URL={own_s3}",
        "S3_ACCESS_KEY=mine",
        "S3_SECRET_KEY=hidden",
    )
    with running_stack(tmp_path) as beside:
        assert set(beside.pids()) == {"functions"}
        values = json.loads(backbeat(tmp_path, "status", "-o", "json").stdout)
    assert values["S3_ENDPOINT_URL"] == own_s3
    assert values["S3_ACCESS_KEY"] == "mine"


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ("SUPABASE_URL=https://example.com", "SUPABASE_PUBLISHABLE_KEY, SUPABASE_SECRET_KEY"),
        ("S3_SECRET_KEY=x", "S3_ENDPOINT_URL, S3_ACCESS_KEY"),
        ("LIVEKIT_URL=wss://x", "LIVEKIT_API_KEY, LIVEKIT_API_SECRET"),
        ("STRIPE_SECRET_KEY=sk_test_x", "STRIPE_WEBHOOK_SECRET"),
        ("DATABASE_URL=postgresql://x", "DATABASE_URL without SUPABASE_URL"),
    ],
)
def test_half_a_replacement_is_refused(tmp_path: Path, line: str, missing: str) -> None:
    with pytest.raises(DevstackError, match=missing):
        Settings.read(written(tmp_path, line))


def test_no_file_and_empty_values_replace_nothing(tmp_path: Path) -> None:
    assert Settings.read(tmp_path / ".env") == Settings()
    assert Settings.read(written(tmp_path, "SUPABASE_URL=", "# S3_ACCESS_KEY=x")) == Settings()


def test_the_example_names_what_is_read_and_the_defaults_that_hold(tmp_path: Path) -> None:
    text = (ROOT / ".env.example").read_text("utf-8")
    example = dict(re.findall(r"^# ([A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
    fields = {name.upper(): field for name, field in FunctionSettings.model_fields.items()}
    assert set(example) - set(fields) == {"SUPABASE_PUBLISHABLE_KEY", "DATABASE_URL"}
    assert set(SUPABASE) | set(S3) <= set(example)
    # What names a place or a person of one's own has no default to be told.
    own = {*SUPABASE, "LIVEKIT_URL", "EMAIL_FROM", "ALLOWED_ORIGINS", "FRONTEND_URL"}
    for name in set(example) & set(fields) - own:
        default = fields[name].default
        assert example[name] == ("" if default is None else str(default)), name
    filled = [f"{name}={value or 'x'}" for name, value in example.items()]
    assert set(Settings.read(written(tmp_path, *filled)).values) == set(example)
