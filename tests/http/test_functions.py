"""The functions behind the gateway: who opens them, and whom they do not call."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import jwt
import pytest

from devstack.functions_router import SOURCE, load_targets
from devstack.home import Home
from devstack.stack import open_stack
from tests.functions.test_every_door import FOR_PEOPLE, OPEN, SIGNED
from tests.http.api import PERSON, Api
from tests.http.test_tokens import bad_tokens, carrying

Remark = Callable[[str, object], None]
FUNCTIONS = sorted(set(load_targets(SOURCE)) - OPEN)
SCHEDULED = sorted(set(FUNCTIONS) - SIGNED - FOR_PEOPLE)


class Trap:
    """A server that counts who calls."""

    def __init__(self, listener: socket.socket) -> None:
        self.address = f"127.0.0.1:{listener.getsockname()[1]}"
        self.url = f"https://{self.address}/trap"
        self.calls = 0
        self.called = threading.Event()
        self._listener = listener

    def listen(self) -> None:
        """Count until it is closed."""
        with suppress(OSError):
            while True:
                self._listener.accept()[0].close()
                self.calls += 1
                self.called.set()


@contextmanager
def running_trap() -> Iterator[Trap]:
    """A trap on this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        trap = Trap(listener)
        thread = threading.Thread(target=trap.listen)
        thread.start()
        yield trap
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def write_everywhere(api: Api, url: str) -> int:
    """Have ada write an address wherever one fits, and a link into a text; how often it is kept."""

    def rpc(function: str, **arguments: object) -> str:
        answer = api.rpc("ada", function, arguments)
        assert answer.is_success, (function, answer.text)
        return str((answer.json() or {}).get("id"))

    ada = api.people["ada"]
    for table, column, values in (
        ("profiles", "id", {"bio": url}),
        ("artist_profiles", "profile_id", {"links": [url]}),
    ):
        answer = api.client.patch(
            f"/rest/v1/{table}?{column}=eq.{ada}", json=values, headers=api.headers("ada")
        )
        assert answer.is_success, answer.text
    product = {"kind": "merch", "name": "Elsewhere", "description": url, "external_url": url}
    answer = api.client.post("/rest/v1/products", json=product, headers=api.headers("ada"))
    assert answer.is_success, answer.text
    post = rpc("create_post", kind="text", body=url)
    rpc("create_comment", target_kind="post", target_id=post, body=url)
    rpc("create_crate", title="Links", description=url)
    room = rpc("create_room", name="Links", description=url)
    rpc("send_message", room_id=room, body=url)
    assert api.rpc("ben", "set_dm_permission", {"permission": "everyone"}).is_success
    talk = rpc("start_conversation", usernames=[PERSON["ben"]])
    rpc("send_direct_message", conversation_id=talk, body=url)
    with api.database() as connection:
        rows = connection.execute(
            "select table_schema || '.' || table_name as name from information_schema.tables"
            " where table_schema in ('public', 'private') and table_type = 'BASE TABLE'"
        ).fetchall()
        return sum(
            row["kept"]
            for table in rows
            for row in connection.execute(
                f"select count(*) as kept from {table['name']} as item"
                " where position(%s in item::text) > 0".encode(),
                [url],
            ).fetchall()
        )


@dataclass(frozen=True)
class Round:
    """What became of a round of the scheduler."""

    # By function: the status.
    statuses: dict[str, int]
    # In how many rows people had written an address, and how often it was called.
    written: int
    calls: int


@pytest.fixture(scope="module")
def round_(api: Api) -> Round:
    """Every scheduled function has run once, after people have written an address everywhere."""
    # The pages that artists name are read, under rules of their own (test_public_pages.py): here
    # none is due, as they lie in the wide world.
    api.watcher.execute("update public.verification_requests set next_crawl_at = 'infinity'")
    with running_trap() as trap:
        written = write_everywhere(api, trap.url)
        statuses = {
            function: api.client.post(
                f"/functions/v1/{function}", headers=carrying(api, api.stack.cron_secret)
            ).status_code
            for function in SCHEDULED
        }
        calls = trap.calls
        # Who calls it is heard.
        host, port = trap.address.split(":")
        socket.create_connection((host, int(port))).close()
        assert trap.called.wait(60)
    return Round(statuses, written, calls)


def test_no_function_calls_an_address_that_people_have_written(
    round_: Round, record_property: Remark
) -> None:
    assert round_.calls == 0
    assert round_.written >= 9
    record_property(
        "remark",
        f"an address in {round_.written} rows of people's was called by none of"
        f" {len(round_.statuses)} functions",
    )


def bad_for_functions(api: Api) -> dict[str, str]:
    """What the functions ask of a token beyond that: an end, a person, one algorithm."""
    claims = jwt.decode(api.token("boss"), options={"verify_signature": False})
    return {
        **bad_tokens(api),
        "of another algorithm": jwt.encode(claims, api.stack.jwt_secret, "HS512"),
        "without an end": api.token("boss", exp=None),
        "of nobody": api.token("boss", sub=None),
    }


def signed(api: Api, function: str) -> tuple[bytes, dict[str, str]]:
    """A report of a provider that signs it, and how it is signed."""
    secrets, body, now = Home(api.stack.home).secrets(), b"{}", int(time.time())
    if function == "livekit-webhook":
        claims = {
            "iss": secrets.livekit_api_key,
            "exp": now + 60,
            "sha256": base64.b64encode(hashlib.sha256(body).digest()).decode(),
        }
        return body, {"Authorization": jwt.encode(claims, secrets.livekit_api_secret, "HS256")}
    header, secret = {
        "stripe-webhook": ("Stripe-Signature", secrets.stripe_webhook_secret),
        "detection-callback": ("X-Detector-Signature", secrets.detector_callback_secret),
    }[function]
    mac = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256)
    return body, {header: f"t={now},v1={mac.hexdigest()}"}


def test_bad_tokens_open_no_function_where_what_it_asks_for_does(
    api: Api, round_: Round, record_property: Remark
) -> None:
    """test_every_door.py has more of them, at the functions alone."""
    bad, before = bad_for_functions(api), api.digest()
    refused: Counter[int] = Counter()
    for function in FUNCTIONS:
        for what, token in bad.items():
            answer = api.client.post(
                f"/functions/v1/{function}", json={}, headers=carrying(api, token)
            )
            assert answer.status_code in (400, 401, 403, 431), (function, what, answer.text[:200])
            refused[answer.status_code] += 1
        assert api.digest() == before, function
    opened = dict(round_.statuses)
    for function in FOR_PEOPLE:
        good = carrying(api, api.token("boss"))
        opened[function] = api.client.post(
            f"/functions/v1/{function}", json={}, headers=good
        ).status_code
    # Providers call the functions themselves.
    port = open_stack(Home(api.stack.home)).ports["functions"]
    for function in SIGNED:
        body, headers = signed(api, function)
        url = f"http://127.0.0.1:{port}/{function}"
        opened[function] = api.client.post(url, content=body, headers=headers).status_code
    assert sorted(opened) == FUNCTIONS
    assert not {function: status for function, status in opened.items() if status in (401, 403)}
    assert len(bad) >= 12
    told = ", ".join(f"{count} of {status}" for status, count in sorted(refused.items()))
    let_in = ", ".join(
        f"{count} of {status}" for status, count in sorted(Counter(opened.values()).items())
    )
    record_property(
        "remark",
        f"{len(bad)} bad tokens at each of {len(FUNCTIONS)} functions: {told}, nothing changed;"
        f" a person's token, the scheduler's secret or a provider's signature opens each: {let_in}",
    )
