"""What goes through the gateway, and what does not, with a stand-in for the parts."""

import asyncio
import gzip
import hashlib
import http.client
import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import jwt
import pytest
from pydantic import ValidationError
from websockets.exceptions import InvalidStatus

from devstack.gateway.settings import GatewaySettings
from tests.devstack.gateway.conftest import (
    JWT_SECRET,
    LITE_KEYS,
    PUBLISHABLE,
    SECRET,
    Gateway,
    every_part,
    running_gateway,
    token,
)
from tests.devstack.gateway.upstream import CHUNK, serving
from tests.devstack.phoenix import phoenix

MEGABYTE = 1024 * 1024
NO_KEY = {
    "message": "No API key found in request",
    "hint": "No `apikey` request header or url param was found.",
}
WRONG_KEY = {
    "message": "Invalid API key",
    "hint": "Double check your Supabase `anon` or `service_role` API key.",
}


@pytest.mark.parametrize("path", ["/rest/v1/notes", "/auth/v1/user", "/realtime/v1/api/broadcast"])
def test_a_key_is_needed(front: Gateway, path: str) -> None:
    answer = front.get(path)
    assert (answer.status_code, answer.json()) == (401, NO_KEY)
    # A bearer is no key.
    assert front.get(path, authorization=f"Bearer {SECRET}").status_code == 401


@pytest.mark.parametrize(
    "path", ["/rest/v1/notes", "/auth/v1/verify", "/storage/v1/object/o", "/functions/v1/f"]
)
def test_a_wrong_key_is_refused_everywhere(front: Gateway, path: str) -> None:
    answer = front.get(path, apikey="sb_publishable_wrong")
    assert (answer.status_code, answer.json()) == (401, WRONG_KEY)


@pytest.mark.parametrize(
    "path",
    [
        "/auth/v1/verify?token=t&type=recovery",
        "/auth/v1/callback",
        "/auth/v1/authorize?provider=github",
        "/auth/v1/.well-known/jwks.json",
        "/storage/v1/object/public/open/o",
        "/functions/v1/stripe-webhook",
    ],
)
def test_some_doors_are_open(front: Gateway, path: str) -> None:
    assert front.get(path).status_code == 200


def test_the_key_may_stand_in_the_query(front: Gateway) -> None:
    seen = front.get(f"/rest/v1/notes?select=*&apikey={PUBLISHABLE}&id=eq.1").json()
    assert seen["query"] == "select=*&id=eq.1"


@pytest.mark.parametrize(
    ("path", "arrives_as"),
    [
        ("/rest/v1", "/"),
        ("/rest/v1/", "/"),
        ("/rest/v1/rpc/shout", "/rpc/shout"),
        ("/functions/v1/greet", "/greet"),
        ("/auth/v1/user", "/auth/v1/user"),
        ("/storage/v1/bucket", "/storage/v1/bucket"),
        ("/rest/v1/a%2Fb%20c%C3%BC;d'e", "/a%2Fb%20c%C3%BC;d'e"),
    ],
)
def test_paths_arrive_as_written(front: Gateway, path: str, arrives_as: str) -> None:
    connection = http.client.HTTPConnection(front.url.removeprefix("http://"))
    try:
        connection.request("GET", path + "?q=%7B%22a%22%7D,(b)", headers={"apikey": PUBLISHABLE})
        seen = json.load(connection.getresponse())
    finally:
        connection.close()
    assert (seen["path"], seen["query"]) == (arrives_as, "q=%7B%22a%22%7D,(b)")


def test_long_addresses_pass(front: Gateway) -> None:
    ids = ",".join(str(uuid.uuid4()) for _ in range(1000))
    assert front.request("GET", f"/rest/v1/notes?id=in.({ids})").json()["query"] == f"id=in.({ids})"


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(ValidationError, match="gateway_port"):
        GatewaySettings.model_validate({})


def test_rest_gets_a_token_and_no_key(front: Gateway) -> None:
    sent = front.get("/rest/v1/notes", apikey=SECRET).json()["headers"]
    claims = jwt.decode(
        sent["authorization"].split()[1], JWT_SECRET, ["HS256"], audience="authenticated"
    )
    assert claims["role"] == "service_role"
    assert "apikey" not in sent


def test_lite_gets_its_keys(front: Gateway) -> None:
    sent = front.get("/auth/v1/user", apikey=token("anon"), authorization=f"Bearer {SECRET}")
    assert sent.json()["headers"]["apikey"] == LITE_KEYS["LITE_PUBLISHABLE_KEY"]
    assert sent.json()["headers"]["authorization"] == f"Bearer {LITE_KEYS['LITE_SECRET_KEY']}"


def test_headers_of_the_api_pass_and_those_of_the_connection_do_not(front: Gateway) -> None:
    ours = {
        "apikey": PUBLISHABLE,
        "prefer": "count=exact",
        "accept-profile": "backend",
        "content-profile": "backend",
        "range": "0-9",
        "range-unit": "items",
        "x-client-info": "tests",
        "connection": "keep-alive, x-between-us",
        "x-between-us": "secret",
        "te": "trailers",
        "keep-alive": "timeout=9",
        "proxy-authorization": "secret",
        "x-forwarded-for": "6.6.6.6",
        "x-forwarded-host": "evil.example",
        "origin": "https://app.example",
    }
    sent = front.get("/rest/v1/notes", **ours).json()["headers"]
    for name in ("prefer", "accept-profile", "content-profile", "range", "range-unit"):
        assert sent[name] == ours[name]
    for name in ("x-between-us", "te", "keep-alive", "proxy-authorization", "origin"):
        assert name not in sent
    assert sent["x-forwarded-for"] == "127.0.0.1"
    assert sent["x-forwarded-host"] == front.url.removeprefix("http://")


def test_an_answer_comes_back_as_it_was(front: Gateway) -> None:
    connection = http.client.HTTPConnection(front.url.removeprefix("http://"))
    try:
        headers = {"apikey": PUBLISHABLE, "range": "0-9", "prefer": "p", "accept-encoding": "gzip"}
        connection.request("GET", "/rest/v1/partial", headers=headers)
        answer = connection.getresponse()
        assert gzip.decompress(answer.read()) == b"part"
    finally:
        connection.close()
    assert answer.status == 206
    assert answer.getheader("content-range") == "0-9/100"
    assert answer.getheader("preference-applied") == "p"
    assert answer.getheader("location") == "/elsewhere"
    assert answer.headers.get_all("set-cookie") == ["a=1", "b=2"]
    for name in ("x-between-us", "keep-alive", "server", "access-control-allow-credentials"):
        assert answer.getheader(name) is None
    assert answer.headers.get_all("access-control-allow-origin") == ["*"]
    assert len(answer.headers.get_all("date") or []) == 1


def test_redirects_are_for_the_client(front: Gateway) -> None:
    answer = front.get("/functions/v1/redirect")
    assert answer.status_code == 303
    assert answer.headers["location"] == "https://app.example/#access_token=x"


def test_preflights_are_answered_for_any_origin(front: Gateway) -> None:
    answer = front.request(
        "OPTIONS",
        "/rest/v1/notes",
        headers={
            "origin": "https://app.example",
            "access-control-request-method": "PATCH",
            "access-control-request-headers": "apikey,authorization,x-client-info",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    allowed = answer.headers["access-control-allow-headers"]
    assert allowed == "apikey,authorization,x-client-info"


def test_refusals_can_be_read_by_a_browser(front: Gateway) -> None:
    answer = front.get("/rest/v1/notes", origin="https://app.example")
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Content-Range" in answer.headers["access-control-expose-headers"]


def test_other_options_requests_reach_the_part(front: Gateway) -> None:
    assert front.request("OPTIONS", "/rest/v1/notes").json()["method"] == "OPTIONS"


def log_with(front: Gateway, words: str) -> str:
    """The log, once it holds these words: a line is written when the answer is through."""
    deadline = time.monotonic() + 60
    while words not in (log := front.log.read_text()):
        assert time.monotonic() < deadline
        front.get("/functions/v1/f")
    return log


def test_a_request_keeps_its_id(front: Gateway) -> None:
    answer = front.get("/functions/v1/f", **{"x-request-id": "mine-7"})
    assert answer.headers["x-request-id"] == "mine-7"
    assert answer.json()["headers"]["x-request-id"] == "mine-7"
    assert "mine-7" in log_with(front, "mine-7")


@pytest.mark.parametrize("given", [None, "x" * 129, "two words"])
def test_a_request_gets_an_id(front: Gateway, given: str | None) -> None:
    headers = {} if given is None else {"x-request-id": given}
    answer = front.get("/functions/v1/f", **headers)
    made = answer.headers["x-request-id"]
    assert answer.json()["headers"]["x-request-id"] == made
    assert uuid.UUID(made)


def test_keys_and_queries_do_not_reach_the_log(front: Gateway) -> None:
    front.get(f"/rest/v1/logged?apikey={PUBLISHABLE}&token=hidden")
    log = log_with(front, "/rest/v1/logged")
    assert "hidden" not in log
    assert PUBLISHABLE not in log
    assert "eyJ" not in log


def test_unknown_paths_are_named(front: Gateway) -> None:
    assert front.get("/graphql/v1").status_code == 404
    assert front.get("/rest/v2/notes").json() == {"message": "no Route matched with those values"}


def peak_memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield CHUNK


@pytest.mark.parametrize(("length", "megabytes"), [("declared", 210), ("chunked", 50)])
def test_large_uploads_stream(front: Gateway, length: str, megabytes: int) -> None:
    before, count = peak_memory(front.pid), megabytes * MEGABYTE // len(CHUNK)
    headers = {"apikey": PUBLISHABLE}
    if length == "declared":
        headers["content-length"] = str(count * len(CHUNK))
    answer = front.request("POST", "/functions/v1/f", content=chunks(count), headers=headers)
    seen = answer.json()
    assert seen["size"] == megabytes * MEGABYTE
    assert seen["sha256"] == hashlib.sha256(CHUNK * count).hexdigest()
    assert ("content-length" in seen["headers"]) == (length == "declared")
    assert peak_memory(front.pid) - before < 30 * MEGABYTE


def test_large_downloads_stream(front: Gateway) -> None:
    before, count, size = peak_memory(front.pid), 100 * MEGABYTE // len(CHUNK), 0
    with (
        httpx.Client(trust_env=False, timeout=180) as client,
        client.stream(
            "GET", f"{front.url}/rest/v1/download/{count}", headers={"apikey": PUBLISHABLE}
        ) as answer,
    ):
        assert answer.headers["content-length"] == str(count * len(CHUNK))
        for chunk in answer.iter_raw():
            size += len(chunk)
    assert size == 100 * MEGABYTE
    assert peak_memory(front.pid) - before < 30 * MEGABYTE


def test_a_download_broken_off_by_the_client_harms_nobody(front: Gateway) -> None:
    with httpx.Client(trust_env=False, headers={"apikey": PUBLISHABLE}, timeout=180) as client:
        for _ in range(5):
            with client.stream("GET", f"{front.url}/rest/v1/download/10000") as answer:
                next(answer.iter_raw())
    assert front.get("/functions/v1/f").status_code == 200


def test_a_body_and_a_wait_have_limits(tmp_path: Path) -> None:
    with (
        serving() as upstream,
        running_gateway(
            tmp_path / "gateway.log",
            GATEWAY_MAX_BODY_BYTES=str(MEGABYTE),
            GATEWAY_TIMEOUT_SECONDS="0.3",
            **every_part(upstream),
        ) as gateway,
    ):
        fits = gateway.request("POST", "/functions/v1/f", content=b"x" * MEGABYTE)
        assert fits.json()["size"] == MEGABYTE
        too_large = gateway.request("POST", "/functions/v1/f", content=b"x" * (MEGABYTE + 1))
        assert too_large.status_code == 413
        streamed = gateway.request("POST", "/functions/v1/f", content=chunks(17))
        assert streamed.status_code == 413
        late = gateway.request("GET", "/functions/v1/silent")
        assert (late.status_code, late.json()["part"]) == (504, "functions")


def test_a_part_out_of_reach_is_named(front: Gateway) -> None:
    answer = front.request("POST", "/realtime/v1/api/broadcast", json={})
    assert answer.status_code == 502
    assert answer.json() == {
        "message": "The part realtime cannot be reached.",
        "part": "realtime",
    }


def test_a_socket_to_a_part_out_of_reach_is_refused(front: Gateway) -> None:
    async def story(key: str, status: int) -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with phoenix(front.url, key):
                pass
        assert refused.value.response.status_code == status

    asyncio.run(story(PUBLISHABLE, 502))
    asyncio.run(story("wrong", 401))
    asyncio.run(story("", 401))


def test_half_an_answer_is_an_error(front: Gateway) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        front.get("/functions/v1/broken")
    assert front.get("/functions/v1/f").status_code == 200


def test_health_names_every_part(front: Gateway) -> None:
    report = {
        "status": "degraded",
        "parts": {
            "rest": "ok",
            "auth": "ok",
            "storage": "ok",
            "functions": "ok",
            "realtime": "unreachable",
        },
    }
    health, index = front.get("/health"), front.get("/")
    assert (health.status_code, health.json()) == (503, report)
    assert index.status_code == 200
    assert index.json()["parts"] == report["parts"]


def test_lites_answers_are_mended(front: Gateway) -> None:
    answer = front.request("POST", "/storage/v1/object/sign/b/o").json()
    assert answer["created_at"] == "2026-11-21T01:36:21+00:00"
    assert answer["updated_at"] == "2026-11-21T01:36:21.25+00:00"
    assert answer["note"] == "2026-11-21 01:36:21+00"
    assert answer["signedURL"] == answer["url"] == "/object/sign/b/o?token=x"
    assert front.request("GET", "/auth/v1/lite").json()["created_at"][10] == "T"


def test_stored_files_are_not(front: Gateway) -> None:
    for kind in ("public/", "sign/", ""):
        answer = front.get(f"/storage/v1/object/{kind}b/data.json").json()
        assert answer["created_at"] == "2026-11-21 01:36:21+00"
        assert "url" not in answer


def test_lite_is_asked_by_the_names_it_knows(front: Gateway) -> None:
    answer = front.get("/storage/v1/object/authenticated/b/o").json()
    assert answer["path"] == "/storage/v1/object/b/o"
    answer = front.get("/storage/v1/object/info/authenticated/b/o").json()
    assert answer["path"] == "/storage/v1/object/info/b/o"


FORM = (
    b'--b\r\nContent-Disposition: form-data; name="cacheControl"\r\n\r\n3600\r\n'
    b'--b\r\nContent-Disposition: form-data; name=""; filename="blob"\r\n\r\n'
    b'form-data; name=""\r\n--b--\r\n'
)
NAMED_FORM = FORM.replace(b'name=""; filename', b'name="file"; filename')


@pytest.mark.parametrize("size", [1, 7, 90, len(FORM)])
def test_a_file_in_a_form_gets_the_name_lite_looks_for(front: Gateway, size: int) -> None:
    def upload(path: str, form: bytes) -> str:
        content = (form[start : start + size] for start in range(0, len(form), size))
        headers = {
            "apikey": PUBLISHABLE,
            "content-type": "multipart/form-data; boundary=b",
            "content-length": str(len(form)),
        }
        answer = front.request("PUT", path, content=content, headers=headers)
        return str(answer.json()["sha256"])

    named, untouched = (hashlib.sha256(form).hexdigest() for form in (NAMED_FORM, FORM))
    assert upload("/storage/v1/object/b/o", FORM) == named
    assert upload("/storage/v1/object/b/o", NAMED_FORM) == named
    assert upload("/functions/v1/f", FORM) == untouched
