"""erase-accounts, against a whole stack: real sign-ups, real files."""

import json
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable

import httpx
import pytest
import stamina
from storage3 import SyncStorageClient

from backbeat.erase_accounts import BATCH, erase_due_accounts
from backbeat.errors import StorageUnavailableError
from backbeat.storage import Storage
from tests.functions.live import LiveStack
from tests.functions.server import ROOT, FunctionsServer, bearer, running_functions
from tests.patience import PATIENCE_SECONDS

NOTHING = {"claimed": 0, "erased": 0, "failed": 0}


class Moody(httpx.HTTPTransport):
    """The way to the Storage API, on which requests that name one of these people fail."""

    def __init__(self, people: list[uuid.UUID]) -> None:
        super().__init__()
        self.people = people

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request on, or refuse it."""
        if any(str(user_id).encode() in request.read() for user_id in self.people):
            return httpx.Response(500, json={"message": "no", "error": "no", "statusCode": "500"})
        return super().handle_request(request)


@pytest.fixture(autouse=True)
def nobody_is_due(live: LiveStack) -> None:
    """Forget who is leaving: the stack is shared, and other tests let people leave, too."""
    live.sql("delete from private.account_deletions")


@pytest.fixture
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> FunctionsServer:
    """The functions, which a test must not kill."""
    return serve(**live.settings)


def erase(live: LiveStack, server: FunctionsServer) -> httpx.Response:
    """Call as the scheduler does."""
    return server.client.post("/erase-accounts", headers=live.scheduler)


def is_gone(live: LiveStack, user_id: uuid.UUID) -> bool:
    """Whether nothing of the person is left: no sign-in, no profile, no file."""
    rows = live.sql(
        "select (select count(*) from auth.users where id = %s)"
        " + (select count(*) from public.profiles where id = %s)"
        " + (select count(*) from storage.objects where name like %s)",
        user_id,
        user_id,
        f"{user_id}/%",
    )
    return int(rows[0][0]) == 0


def test_nothing_due_is_no_error(live: LiveStack, functions: FunctionsServer) -> None:
    answer = erase(live, functions)
    assert (answer.status_code, answer.json()) == (200, NOTHING)


def test_due_accounts_go_with_all_their_files_and_nobody_else_does(
    live: LiveStack, functions: FunctionsServer
) -> None:
    gone = {name: live.person(name, files) for name, files in (("few", 2), ("none", 0))}
    many = live.person("many", files=103)
    stays, later = live.person("stays", files=1), live.person("later", files=1)
    for name, user_id in {**gone, "many": many, "later": later}.items():
        live.leaves(user_id, name)
    live.sql(
        "update private.account_deletions set erase_after = now() + interval '1 day'"
        " where user_id = %s",
        later,
    )
    answer = erase(live, functions)
    assert (answer.status_code, answer.json()) == (200, {"claimed": 3, "erased": 3, "failed": 0})
    assert all(is_gone(live, user_id) for user_id in (*gone.values(), many))
    for user_id in (stays, later):
        assert live.api.get(f"/storage/v1/object/avatars/{user_id}/0.png").is_success
    assert not live.api.get(f"/storage/v1/object/avatars/{many}/0.png").is_success
    assert erase(live, functions).json() == NOTHING


def test_failing_storage_is_reported_and_does_not_stop_those_without_files(
    live: LiveStack, functions: FunctionsServer
) -> None:
    with_files = [live.person(f"full{number}", files=1) for number in range(2)]
    without = [live.person(f"empty{number}") for number in range(2)]
    for prefix, people in (("full", with_files), ("empty", without)):
        for number, user_id in enumerate(people):
            live.leaves(user_id, f"{prefix}{number}")
    with live.without("lite"):
        answer = erase(live, functions)
    assert answer.status_code == 502
    assert answer.json()["error"] == "storage_unavailable"
    counts = {name: answer.json()[name] for name in NOTHING}
    assert counts == {"claimed": 4, "erased": 2, "failed": 2}
    assert all(is_gone(live, user_id) for user_id in without)
    lines = functions.lines_of(answer.headers["x-request-id"])
    assert [line["message"] for line in lines] == ["erasure_failed"] * 2 + ["request"]
    assert "@" not in json.dumps(lines)
    assert erase(live, functions).json() == {"claimed": 2, "erased": 2, "failed": 0}
    assert all(is_gone(live, user_id) for user_id in with_files)


def test_accounts_whose_files_stay_do_not_keep_the_others_from_their_turn(
    live: LiveStack, functions: FunctionsServer
) -> None:
    stuck, full, empty = (
        [_leaver(live, f"{kind}{number}", days) for number in range(BATCH + 1)]
        for kind, days in (("stuck", 3), ("heavy", 2), ("light", 1))
    )
    for user_id in stuck + full:
        live.upload(f"{user_id}/0.png")
    moody = httpx.Client(transport=Moody(stuck), timeout=PATIENCE_SECONDS)
    with moody as client, live.door() as database, stamina.set_testing(True):
        storage = Storage(
            SyncStorageClient(
                f"{live.stack.url}/storage/v1/",
                headers=dict(live.api.headers),
                http_client=client,
            )
        )
        with pytest.raises(StorageUnavailableError) as caught:
            erase_due_accounts(database, storage)
    assert caught.value.extra == {
        "claimed": 3 * (BATCH + 1),
        "erased": 2 * (BATCH + 1),
        "failed": BATCH + 1,
    }
    assert all(is_gone(live, user_id) for user_id in full + empty)
    assert erase(live, functions).json()["erased"] == len(stuck)


def test_killed_half_way_the_next_run_ends_it(live: LiveStack, functions: FunctionsServer) -> None:
    people = [live.person(f"half{number}", files=3) for number in range(8)]
    for number, user_id in enumerate(people):
        live.leaves(user_id, f"half{number}")
    files = "select count(*) from storage.objects"
    with (
        running_functions(None, **live.settings) as server,
        live.stack.server.connect() as connection,
    ):
        before = connection.execute(files).fetchone()
        request = threading.Thread(target=_call_and_lose, args=(live, server))
        request.start()
        while request.is_alive() and connection.execute(files).fetchone() == before:
            pass
        server.kill()
        request.join()
    assert not all(is_gone(live, user_id) for user_id in people)
    answer = erase(live, functions)
    assert answer.status_code == 200
    assert answer.json()["failed"] == 0
    assert all(is_gone(live, user_id) for user_id in people)


def test_two_runs_at_once_erase_each_account_once(
    live: LiveStack, functions: FunctionsServer
) -> None:
    people = [live.person(f"twice{number}", files=1) for number in range(6)]
    for number, user_id in enumerate(people):
        live.leaves(user_id, f"twice{number}")
    answers: list[httpx.Response] = []
    runs = [
        threading.Thread(target=lambda: answers.append(erase(live, functions))) for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [answer.status_code for answer in answers] == [200] * 3
    assert sum(answer.json()["erased"] for answer in answers) == len(people)
    assert all(is_gone(live, user_id) for user_id in people)


def test_the_stack_s_own_runner_calls_it(live: LiveStack) -> None:
    user_id = live.person("clockwork", files=1)
    live.leaves(user_id, "clockwork")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "devstack.schedules", "erase-accounts"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "FUNCTIONS_URL": live.stack.functions_url,
            "CRON_SECRET": live.stack.secrets.cron_secret,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert " erase-accounts " in done.stdout
    assert '200 {"claimed": 1, "erased": 1, "failed": 0}' in done.stdout
    assert is_gone(live, user_id)


def test_only_the_scheduler_may(live: LiveStack, functions: FunctionsServer) -> None:
    user_id = live.person("safe")
    live.leaves(user_id, "safe")
    for headers in ({}, bearer(live.stack.publishable_key), bearer(live.stack.secret_key)):
        assert functions.client.post("/erase-accounts", headers=headers).status_code == 401
    assert not is_gone(live, user_id)
    assert erase(live, functions).json() == {"claimed": 1, "erased": 1, "failed": 0}


def _leaver(live: LiveStack, username: str, days: int) -> uuid.UUID:
    """Make somebody whose account has been due for so many days, without the cost of a sign-up."""
    user_id = uuid.uuid4()
    live.sql(
        "insert into auth.users (id, email, raw_user_meta_data)"
        " values (%s, %s, jsonb_build_object('username', %s::text))",
        user_id,
        f"{username}@example.com",
        username,
    )
    live.sql(
        "insert into private.account_deletions (user_id, erase_after)"
        " values (%s, now() - make_interval(days => %s))",
        user_id,
        days,
    )
    return user_id


def _call_and_lose(live: LiveStack, server: FunctionsServer) -> None:
    with pytest.raises(httpx.HTTPError):
        erase(live, server)
