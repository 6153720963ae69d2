"""What the gateway refuses by its address, how, and what becomes of an upload that is cut off."""

import contextlib
import http.client
import json
import socket
from pathlib import Path

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from devstack.gateway import addresses
from tests.devstack.gateway.conftest import PUBLISHABLE, Gateway, every_part, running_gateway
from tests.devstack.gateway.upstream import CHUNK, closing_after_head, hanging_up

NOSNIFF = "x-content-type-options"


def ask(gateway: Gateway, address: str) -> tuple[http.client.HTTPResponse, dict[str, str]]:
    """GET an address exactly as it is written."""
    connection = http.client.HTTPConnection(gateway.url.removeprefix("http://"))
    try:
        connection.request("GET", address, headers={"apikey": PUBLISHABLE})
        answer = connection.getresponse()
        return answer, json.load(answer)
    finally:
        connection.close()


DOTS = "The path has a segment of dots."
CONTROL = "The path has a backslash or a control character."
NO_PATH = "The path is not valid UTF-8."
NO_QUERY = "The query is not valid UTF-8."


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("/storage/v1/..", DOTS),
        ("/storage/v1/../../api", DOTS),
        ("/storage/v1/./bucket", DOTS),
        ("/storage/v1/object/b/.", DOTS),
        ("/storage/v1/%2e%2E/%2e./api", DOTS),
        ("/storage/v1/%252e%252e/api", DOTS),
        ("/storage/v1/%25252e%25252e/api", DOTS),
        ("/storage/v1/a%2F..%2Fb", DOTS),
        ("/storage/v1/a%252f..%252fb", DOTS),
        ("/storage/v1/a%2F..b", DOTS),
        ("/storage/v1/a%2f%2e%2eb", DOTS),
        ("/storage%2Fv1/..%2Fapi", DOTS),
        ("/..", DOTS),
        ("/unknown/../storage/v1/bucket", DOTS),
        ("/storage/v1/..\\api", CONTROL),
        ("/storage/v1/%5Capi", CONTROL),
        ("/storage/v1/%255Capi", CONTROL),
        ("/storage/v1/object/b/a%00.png", CONTROL),
        ("/storage/v1/object/b/a%2500.png", CONTROL),
        ("/storage/v1/.%09./api", CONTROL),
        ("/auth/v1/a%0D%0Ab", CONTROL),
        ("/functions/v1/f%7F", CONTROL),
        ("/functions/v1/f%C2%85", CONTROL),
        ("/functions/v1/f%ff", NO_PATH),
        ("/functions/v1/f%25ff", NO_PATH),
        ("/functions/v1/f%C0%AE%C0%AE", NO_PATH),
        ("/functions/v1/f%ED%A0%80", NO_PATH),
        ("/rest/v1/notes?id=eq.%ff", NO_QUERY),
        ("/rest/v1/notes?%C3=1", NO_QUERY),
    ],
)
def test_a_crooked_address_is_refused(front: Gateway, address: str, fault: str) -> None:
    answer, body = ask(front, address)
    assert (answer.status, body) == (400, {"message": fault})
    assert answer.getheader("access-control-allow-origin") == "*"
    assert answer.getheader("x-request-id")


@pytest.mark.parametrize(
    "address",
    [
        "/rest/v1/..a/a../a..b/.../.a",
        "/rest/v1/folder%2F.emptyFolderPlaceholder",
        "/rest/v1/100%25.png",
        "/rest/v1/%25252525252e",
        "/rest/v1/%zz",
        "/rest/v1/%C3%BC%F0%9F%8E%B5?or=(a.eq.%C3%BC,b.eq..)&path=../%5C%00",
    ],
)
def test_an_odd_address_is_passed_on(front: Gateway, address: str) -> None:
    answer, seen = ask(front, address)
    path, _, query = address.partition("?")
    assert answer.status == 200
    assert (f"/rest/v1{seen['path']}", seen["query"]) == (path, query)


def test_bytes_as_they_are_need_to_be_text_too() -> None:
    assert addresses.fault("/rest/v1/ü".encode(), "a=ü".encode()) is None
    assert addresses.fault(b"/rest/v1/\xff", b"") == NO_PATH
    assert addresses.fault(b"/rest/v1/", b"\xff") == NO_QUERY


def test_a_socket_of_a_crooked_address_is_refused(front: Gateway) -> None:
    url = front.url.replace("http", "ws", 1) + f"/realtime/v1/websocket?apikey={PUBLISHABLE}&a=%ff"
    with pytest.raises(InvalidStatus) as refused, connect(url, proxy=None):
        pass
    answer = refused.value.response
    assert (answer.status_code, json.loads(answer.body or b"")) == (400, {"message": NO_QUERY})


def test_browsers_take_nothing_stored_for_something_else(front: Gateway) -> None:
    preflight = {"origin": "https://app.example", "access-control-request-method": "POST"}
    answers = [
        front.get("/storage/v1"),
        front.get("/storage/v1/bucket"),
        front.get("/storage/v1/object/public/b/o"),
        front.get("/storage/v1/bucket", apikey="wrong"),
        front.get("/storage/v1/bucket?a=%ff"),
        front.request("OPTIONS", "/storage/v1/bucket", headers=preflight),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 401, 400, 200]
    assert [answer.headers.get_list(NOSNIFF) for answer in answers] == [["nosniff"]] * len(answers)
    assert NOSNIFF not in front.request("GET", "/rest/v1/notes").headers


def test_an_upload_that_is_cut_off_was_too_large(tmp_path: Path) -> None:
    with (
        hanging_up() as upstream,
        running_gateway(tmp_path / "gateway.log", **every_part(upstream)) as gateway,
    ):
        cut = gateway.request("POST", "/storage/v1/object/b/o", content=CHUNK * 80)
        assert (cut.status_code, cut.headers[NOSNIFF]) == (413, "nosniff")
        assert cut.json() == {
            "statusCode": "413",
            "error": "Payload too large",
            "message": "The object exceeded the maximum allowed size",
        }
        # Whoever had the whole body hung up for another reason, and other bodies are no uploads.
        whole = gateway.request("POST", "/storage/v1/object/b/o", content=b"END")
        assert (whole.status_code, whole.json()["part"]) == (502, "storage")
        for path in ("/auth/v1/user", "/functions/v1/f"):
            assert gateway.request("POST", path, content=CHUNK * 80).status_code == 502


def test_a_write_after_head_goes_another_way(tmp_path: Path) -> None:
    with (
        closing_after_head() as upstream,
        running_gateway(tmp_path / "gateway.log", **every_part(upstream)) as gateway,
    ):
        for _ in range(3):
            assert gateway.request("HEAD", "/rest/v1/notes").status_code == 200
            assert gateway.request("POST", "/rest/v1/rpc/shout", json={}).status_code == 200


@pytest.mark.parametrize("framing", ["Content-Length: 4", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("asked", ["h2c", "websocket2", "TLS/1.0"])
def test_a_body_is_no_request_of_its_own(front: Gateway, framing: str, asked: str) -> None:
    """Nor is it lost: who asks for another protocol with it is refused, and hung up on."""
    host, _, port = front.url.removeprefix("http://").partition(":")
    head = f"Host: {host}\r\napikey: {PUBLISHABLE}\r\n"
    begin = f"POST /rest/v1/rpc/f HTTP/1.1\r\n{head}Connection: Upgrade\r\nUpgrade: {asked}\r\n"
    with (
        socket.create_connection((host, int(port)), timeout=30) as connection,
        connection.makefile("rb") as answer,
    ):
        connection.sendall(f"{begin}{framing}\r\n\r\n".encode())
        assert answer.readline() == b"HTTP/1.1 400 Bad Request\r\n"
        with contextlib.suppress(OSError):
            connection.sendall(f"GET /rest/v1/smuggled HTTP/1.1\r\n{head}\r\n".encode())
        with contextlib.suppress(OSError):
            assert b"HTTP/1.1" not in answer.read()


def test_who_asks_for_another_protocol_without_a_body_is_answered(front: Gateway) -> None:
    headers = {"apikey": PUBLISHABLE, "Connection": "Upgrade", "Upgrade": "h2c"}
    assert httpx.get(f"{front.url}/rest/v1/f", headers=headers).status_code == 200
