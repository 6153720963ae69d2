"""What every function does around its own work."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.functions.server import (
    CRON_SECRET,
    NOWHERE,
    PROBE,
    FunctionsServer,
    Issuer,
    bearer,
    person_claims,
    running_functions,
)

APP = "https://app.example.com"
ORDER: dict[str, Any] = {"note": "for friday", "tracks": [{"title": "Tides", "bpm": 122}]}


def test_valid_body_reaches_the_function(probe: FunctionsServer) -> None:
    answer = probe.client.post("/order", json=ORDER)
    assert (answer.status_code, answer.json()) == (201, ORDER)
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"note": None}, ["note"]),
        ({"note": 7}, ["note"]),
        ({"tracks": "Tides"}, ["tracks"]),
        ({"tracks": [{"title": "", "bpm": 10}]}, ["tracks.0.title", "tracks.0.bpm"]),
        ({"tracks": [{"title": "Tides", "bpm": "fast"}]}, ["tracks.0.bpm"]),
        ({"tracks": [{"title": "Tides", "bpm": 10**30}]}, ["tracks.0.bpm"]),
        ({"tracks": [ORDER["tracks"][0]] * 4}, ["tracks"]),
        ({"owner": "ada"}, ["owner"]),
        ({"note": "nul \0 inside"}, [""]),
        ({"tracks": [{"title": "nul \0", "bpm": 122}]}, [""]),
    ],
)
def test_unfit_fields_are_named(
    change: dict[str, Any], fields: list[str], probe: FunctionsServer
) -> None:
    answer = probe.client.post("/order", json={**ORDER, **change})
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
    assert [fault["field"] for fault in answer.json()["fields"]] == fields
    assert all(set(fault) == {"field", "message"} for fault in answer.json()["fields"])


@pytest.mark.parametrize("body", ["[]", "null", '"order"', "7", "true"])
def test_json_that_is_no_object_is_refused(body: str, probe: FunctionsServer) -> None:
    answer = probe.client.post("/order", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{'note': 1}", b"\xff\xfe", b'{"note": "\\ud800"}', b"[" * 1500, b"NaN,"]
)
def test_what_is_no_json_is_refused(body: bytes, probe: FunctionsServer) -> None:
    answer = probe.client.post("/order", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_json")


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "json"])
def test_other_content_types_are_refused(kind: str | None, probe: FunctionsServer) -> None:
    headers = {"content-type": kind} if kind else {}
    answer = probe.client.post("/order", content=json.dumps(ORDER), headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("size", [2001, 2002, 5_000_000])
@pytest.mark.parametrize("is_chunked", [False, True])
def test_body_over_the_limit_is_refused(
    size: int, is_chunked: bool, probe: FunctionsServer
) -> None:
    def chunks() -> Iterator[bytes]:
        for start in range(0, size, 10_000):
            yield b"x" * min(10_000, size - start)

    for path in ("/order", "/tick", "/boom"):
        answer = probe.client.post(path, content=chunks() if is_chunked else b"x" * size)
        assert (answer.status_code, answer.json()["error"]) == (413, "body_too_large")


def test_body_at_the_limit_is_read(probe: FunctionsServer) -> None:
    body = json.dumps(ORDER).encode().ljust(2000)
    headers = {"content-type": "application/json"}
    for content in (body, iter([body[:10], body[10:]])):
        assert probe.client.post("/order", content=content, headers=headers).status_code == 201


def test_body_that_ends_early_is_refused(probe: FunctionsServer) -> None:
    host, port = probe.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=180) as connection:
        connection.sendall(
            b"POST /order HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b'Content-Length: 500\r\nConnection: close\r\n\r\n{"note":'
        )
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    assert answer.startswith(b"HTTP/1.1 400") or not answer


@pytest.mark.parametrize(
    ("path", "methods", "allowed"),
    [
        ("/who-am-i", ("POST", "PUT", "PATCH", "DELETE", "BREW"), "GET, OPTIONS"),
        ("/tick", ("GET", "HEAD", "PUT", "DELETE"), "POST, OPTIONS"),
    ],
)
def test_other_methods_are_refused(
    path: str, methods: tuple[str, ...], allowed: str, probe: FunctionsServer
) -> None:
    for method in methods:
        answer = probe.client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert method == "HEAD" or answer.json()["error"] == "method_not_allowed"


def test_head_is_answered_like_get(probe: FunctionsServer, issuer: Issuer) -> None:
    answer = probe.client.head("/who-am-i", headers=bearer(issuer.sign(person_claims())))
    assert (answer.status_code, answer.content) == (200, b"")


def test_allowed_page_may_call_and_read(probe: FunctionsServer) -> None:
    for origin in (APP, "https://admin.example.com"):
        preflight = probe.client.options(
            "/order", headers={"origin": origin, "access-control-request-method": "POST"}
        )
        assert (preflight.status_code, preflight.content) == (204, b"")
        assert preflight.headers["access-control-allow-origin"] == origin
        assert "POST" in preflight.headers["access-control-allow-methods"]
        assert "authorization" in preflight.headers["access-control-allow-headers"]
        for body in (ORDER, {}):
            answer = probe.client.post("/order", json=body, headers={"origin": origin})
            assert answer.headers["access-control-allow-origin"] == origin
            assert answer.headers["vary"] == "Origin"


def test_other_pages_are_told_nothing(probe: FunctionsServer) -> None:
    for origin in ("https://evil.example.com", "https://app.example.com.evil.com", "null", "*"):
        for method in ("OPTIONS", "POST"):
            answer = probe.client.request(method, "/order", headers={"origin": origin})
            assert not [name for name in answer.headers if name.startswith("access-control")]


def test_star_allows_every_page() -> None:
    with running_functions(
        PROBE, SUPABASE_URL=NOWHERE, SUPABASE_SECRET_KEY="sb_secret_x", ALLOWED_ORIGINS="*"
    ) as server:
        answer = server.client.post("/order", json=ORDER, headers={"origin": "https://any.example"})
        assert answer.headers["access-control-allow-origin"] == "*"


def test_request_id_is_kept_when_fit_and_made_otherwise(probe: FunctionsServer) -> None:
    given = probe.client.get("/refuse", headers={"x-request-id": "trace-1.a_B"})
    assert given.headers["x-request-id"] == "trace-1.a_B"
    for unfit in ("", "two words", "a" * 129, "semi;colon", '{"json": 1}', "\u00e9"):
        answer = probe.client.get("/refuse", headers={b"x-request-id": unfit.encode()})
        assert len(answer.headers["x-request-id"]) == 32


def test_rule_of_the_database_is_passed_on(probe: FunctionsServer) -> None:
    answer = probe.client.get("/refuse")
    assert answer.status_code == 429
    assert answer.json() == {"error": "too_often", "message": "Wait a little.", "hint": "7"}


def test_unexpected_error_is_told_to_the_log_only(probe: FunctionsServer) -> None:
    answer = probe.client.get("/boom", headers={"x-request-id": "boom-1"})
    assert answer.status_code == 500
    assert set(answer.json()) == {"error", "message"}
    assert answer.json()["error"] == "internal_error"
    line = probe.lines_of("boom-1")[-1]
    assert (line["severity"], line["outcome"], line["token"]) == (
        "ERROR",
        "failed",
        "internal_error",
    )
    assert "Traceback" in line["exception"]
    assert "RuntimeError: [hidden] paid with [hidden] and [hidden]" in line["exception"]


def test_each_request_writes_one_line_without_its_content(probe: FunctionsServer) -> None:
    probe.client.get("/refuse", headers={"x-request-id": "start"})
    probe.lines_of("start")
    secrets = {"note": "my diary", "tracks": [{"title": "ada@example.com", "bpm": 122}]}
    headers = {"x-request-id": "order-1", **bearer(CRON_SECRET)}
    assert probe.client.post("/order", json=secrets, headers=headers).is_success
    lines = probe.lines_of("order-1")
    assert len(lines) == 1
    assert set(lines[0]) == {
        "message",
        "severity",
        "time",
        "function",
        "outcome",
        "status",
        "token",
        "duration_ms",
        "request_id",
    }
    assert (lines[0]["function"], lines[0]["outcome"], lines[0]["status"]) == ("order", "ok", 201)
    probe.client.post("/order", json={"note": "my diary"}, headers={"x-request-id": "order-2"})
    refused = probe.lines_of("order-2")
    assert len(refused) == 1
    assert (refused[0]["outcome"], refused[0]["token"]) == ("refused", "invalid_request")
    for text in ("diary", "ada@", CRON_SECRET):
        assert text not in json.dumps([lines, refused])


def test_requests_are_served_side_by_side(probe: FunctionsServer) -> None:
    with ThreadPoolExecutor(4) as guests:
        answers = list(guests.map(lambda _: httpx.get(f"{probe.url}/meet", timeout=180), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4


def test_missing_setting_is_named_in_the_log_only() -> None:
    with running_functions(PROBE, SUPABASE_URL="ftp://x", CRON_SECRET="hunter2") as server:
        answer = server.client.post("/order", json=ORDER, headers={"x-request-id": "bare"})
        assert (answer.status_code, answer.json()["error"]) == (500, "not_configured")
        assert "SUPABASE" not in answer.text
        reason = server.lines_of("bare")[-1]["reason"]
        assert "SUPABASE_SECRET_KEY is not set" in reason
        assert "SUPABASE_URL is unfit" in reason
        assert "CRON_SECRET is unfit" in reason
        assert "hunter2" not in reason
