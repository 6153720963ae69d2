"""The stack as a whole: it comes up, says what it is, notices what dies, leaves nothing behind."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from devstack.home import DEFAULT_PORTS
from tests.plugins.stack import OUTPUT, RunningStack, backbeat, launch, running_stack, wait_healthy

PARTS = (
    "postgres",
    "s3",
    "expo",
    "livekit",
    "stripe",
    "detector",
    "functions",
    "gateway",
    "lite",
    "postgrest",
    "realtime",
    "schedules",
)
NOTICE_SECONDS = 120.0


@pytest.fixture(scope="module")
def reused_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose data the next stack finds again."""
    return tmp_path_factory.mktemp("reused") / "a home"


@pytest.mark.parametrize("part", PARTS)
def test_killed_part_is_named_and_ends_the_stack(reused_home: Path, part: str) -> None:
    with running_stack(reused_home, has_clock=True) as stack:
        assert tuple(stack.pids()) == PARTS
        os.kill(stack.pids()[part], signal.SIGKILL)
        killed_at = time.monotonic()
        wait_for(lambda: f"[failed] {part} was killed by SIGKILL." in stack.output())
        assert time.monotonic() - killed_at < NOTICE_SECONDS
        assert stack.process.wait(120) == 1
        assert f"The end of {reused_home}/logs/{part}.log:" in stack.output()
    assert processes_of(reused_home) == []
    assert f"{part} was killed by SIGKILL." in (reused_home / "failure.txt").read_text()


def test_ctrl_c_leaves_no_process(reused_home: Path) -> None:
    with running_stack(reused_home) as stack:
        assert len(processes_of(reused_home)) > len(PARTS)
        stack.process.send_signal(signal.SIGINT)
        assert stack.process.wait(120) == 0
    assert processes_of(reused_home) == []
    assert not (reused_home / "state.json").exists()


def test_kill_of_the_supervisor_leaves_no_process_and_the_next_start_recovers(
    reused_home: Path,
) -> None:
    with running_stack(reused_home) as stack:
        stack.process.kill()
        stack.process.wait()
        wait_for(lambda: processes_of(reused_home) == [])
    # What it wrote about itself is still there, and nobody believes it.
    assert (reused_home / "state.json").exists()
    assert backbeat(reused_home, "status").returncode == 1
    with running_stack(reused_home) as stack:
        assert httpx.get(f"{stack.url}/health", timeout=180).status_code == 200


def test_a_start_interrupted_anywhere_is_taken_up_again(tmp_path: Path) -> None:
    home = tmp_path / "a home"

    def interrupt(is_there: Callable[[], bool]) -> None:
        process = launch(home, seed=True)
        wait_for(is_there)
        process.kill()
        process.wait()
        wait_for(lambda: processes_of(home) == [])

    def says(word: str) -> Callable[[], bool]:
        return lambda: f"{word}: " in (home / OUTPUT).read_text()

    interrupt(lambda: (home / "data.unfinished").exists())
    assert not (home / "data").exists()
    for step in ("platform", "lite", "migrations", "seed"):
        interrupt(says(step))
    with running_stack(home, seed=True) as stack:
        assert httpx.get(f"{stack.url}/health", timeout=180).status_code == 200
        with psycopg.connect(stack.database_url) as connection:
            row = connection.execute("select count(*) from public.profiles").fetchone()
        assert row == (8,)
    # What is there already is not made again: later starts take seconds.
    with running_stack(home, seed=True) as stack:
        for word in ("platform", "lite"):
            assert f"{word}: " in stack.output()
        for word in ("migrations", "seed"):
            assert f"{word}: " not in stack.output()
        assert "ada@example.com" in stack.output()


def test_taken_ports_are_avoided_and_a_detached_stack_is_reset_and_stopped(
    tmp_path: Path, taken_ports: dict[str, int]
) -> None:
    home = tmp_path / "a home"
    home.mkdir()
    (home / "ports.json").write_text(json.dumps(taken_ports))
    up = backbeat(home, "up", "--detach", "--no-seed")
    try:
        assert up.returncode == 0, up.stdout
        values = json.loads(backbeat(home, "status", "-o", "json").stdout)
        assert httpx.get(f"{values['SUPABASE_URL']}/health", timeout=180).status_code == 200
        chosen = json.loads((home / "ports.json").read_text())
        assert not set(chosen.values()) & set(taken_ports.values())
        assert values["SUPABASE_URL"] in up.stdout
        assert values["SUPABASE_PUBLISHABLE_KEY"] in up.stdout

        with psycopg.connect(values["DATABASE_URL"], autocommit=True) as connection:
            connection.execute("create table public.mine ()")
        afresh = backbeat(home, "reset")
        assert afresh.returncode == 0, afresh.stdout
        assert json.loads(backbeat(home, "status", "-o", "json").stdout) == values
        with psycopg.connect(values["DATABASE_URL"]) as connection:
            row = connection.execute(
                "select to_regclass('public.mine'), (select count(*) from public.profiles)"
            ).fetchone()
        assert row == (None, 8)
    finally:
        down = backbeat(home, "down")
    assert down.returncode == 0
    assert processes_of(home) == []

    secrets = (home / "secrets.json").read_text()
    assert backbeat(home, "reset").returncode == 0
    assert not (home / "data").exists()
    assert (home / "secrets.json").read_text() == secrets


def test_second_up_says_that_one_is_running(stack: RunningStack) -> None:
    again = backbeat(stack.home, "up")
    assert again.returncode == 0
    assert "already running" in again.stdout
    assert stack.url in again.stdout
    assert backbeat(stack.home, "up", "--detach").returncode == 0
    assert stack.process.poll() is None


def test_status_prints_what_a_program_needs(stack: RunningStack) -> None:
    values = json.loads(backbeat(stack.home, "status", "-o", "json").stdout)
    lines = backbeat(stack.home, "status", "-o", "env").stdout.splitlines()
    assert lines == [f'{name}="{value}"' for name, value in values.items()]
    assert {
        "SUPABASE_URL",
        "SUPABASE_PUBLISHABLE_KEY",
        "SUPABASE_SECRET_KEY",
        "DATABASE_URL",
        "JWT_SECRET",
        "FUNCTIONS_URL",
        "CRON_SECRET",
    } <= set(values)
    table = backbeat(stack.home, "status").stdout
    for part in (*PARTS[:-1], "stripe"):
        assert re.search(rf"^{part} +(\d+|-) ", table, re.MULTILINE), part


def test_status_of_a_home_without_a_stack_fails(tmp_path: Path) -> None:
    (tmp_path / "failure.txt").write_text("lite was killed by SIGKILL.")
    status = backbeat(tmp_path, "status")
    assert status.returncode == 1
    assert "lite was killed by SIGKILL." in status.stdout
    assert backbeat(tmp_path, "status", "-o", "env").returncode == 1
    assert backbeat(tmp_path, "down").returncode == 0


def test_curl_it_prints_works(stack: RunningStack) -> None:
    found = re.search(r"curl '([^']+)' -H 'apikey: ([^']+)'", stack.output())
    assert found is not None
    answer = httpx.get(found[1], headers={"apikey": found[2]}, timeout=180)
    assert answer.status_code == 200


def test_secrets_and_state_are_for_the_owner_only(stack: RunningStack) -> None:
    for name in ("secrets.json", "state.json"):
        assert stat.S_IMODE((stack.home / name).stat().st_mode) == 0o600


def test_nothing_listens_beyond_this_machine(stack: RunningStack) -> None:
    ports = set(json.loads((stack.home / "ports.json").read_text()).values())
    for family in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{family}").read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            host, port = address.split(":")
            if state == "0A" and int(port, 16) in ports:
                assert host == "0100007F"


def test_migrations_are_applied_by_an_owner_who_is_no_superuser(stack: RunningStack) -> None:
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(
            "select current_user, rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
    assert row == ("postgres", False)
    assert "up to date" in backbeat(stack.home, "migrate").stdout


def test_two_stacks_run_side_by_side(stack: RunningStack, reused_home: Path) -> None:
    process = launch(reused_home)
    try:
        other = wait_healthy(reused_home, process)
        assert other.url != stack.url
        assert other.secret_key != stack.secret_key
        assert httpx.get(f"{other.url}/health", timeout=180).status_code == 200
        assert httpx.get(f"{stack.url}/health", timeout=180).status_code == 200
        wrong = {"apikey": stack.publishable_key}
        assert httpx.get(f"{other.url}/rest/v1/", headers=wrong, timeout=180).status_code == 401
    finally:
        process.terminate()
        assert process.wait(120) == 0
    assert processes_of(reused_home) == []


@pytest.fixture
def taken_ports() -> Iterator[dict[str, int]]:
    """A port for each server, with somebody else already listening on it."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in DEFAULT_PORTS]
    yield {name: taken.getsockname()[1] for name, taken in zip(DEFAULT_PORTS, sockets, strict=True)}
    for taken in sockets:
        taken.close()


def processes_of(home: Path) -> list[int]:
    """Every live process that was started for a home: they all inherit its name."""
    mark = f"BACKBEAT_HOME={home}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                is_ours = mark in (folder / "environ").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
            if is_ours:
                found.append(int(folder.name))
    return found


def wait_for(condition: Callable[[], bool]) -> None:
    """Look until it is so; raises after two minutes."""
    deadline = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
