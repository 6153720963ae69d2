"""Tokens that are expired, forged or meant for something else open nothing."""

from __future__ import annotations

import time
import uuid
from typing import Any

import jwt
import pytest

from tests.http.api import Api

FORGED = "an entirely different secret of more than 32 bytes"
READ = ("GET", "/rest/v1/profiles?select=id", None)
WRITE = ("POST", "/rest/v1/rpc/create_post", {"kind": "text", "body": "forged"})
STAFF = ("POST", "/rest/v1/rpc/set_feature", {"name": "social", "is_enabled": False})


def bad_tokens(api: Api) -> dict[str, str]:
    """What is wrong with a token, and the token."""
    good = api.token("boss")
    head, body, signature = good.split(".")
    now = int(time.time())
    unsigned = jwt.encode(jwt.decode(good, options={"verify_signature": False}), "", "none")
    return {
        "expired": api.token("boss", exp=now - 3600),
        "not yet valid": api.token("boss", nbf=now + 3600),
        "for another audience": api.token("boss", aud="elsewhere"),
        "signed with another secret": api.token("boss", FORGED),
        "service_role signed with another secret": api.token("boss", FORGED, role="service_role"),
        "not signed": unsigned,
        "without its signature": f"{head}.{body}.",
        "with another's signature": f"{head}.{body}.{api.token('ada').split('.')[2]}",
        "with a changed body": f"{head}.{api.token('ada').split('.')[1]}.{signature}",
        "of a role that is not to be had": api.token("boss", role="postgres"),
        "of a superuser": api.token("boss", role="supabase_admin"),
        "of a role that does not exist": api.token("boss", role="emperor"),
        "no token at all": "x",
        "three dots": "...",
        "100 kB": "x" * 20_000,
    }


KINDS = [
    "expired", "not yet valid", "for another audience", "signed with another secret",
    "service_role signed with another secret", "not signed", "without its signature",
    "with another's signature", "with a changed body", "of a role that is not to be had",
    "of a superuser", "of a role that does not exist", "no token at all", "three dots", "100 kB",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("request_", [READ, WRITE, STAFF], ids=["read", "write", "staff"])
def test_a_bad_token_opens_nothing(kind: str, request_: tuple[str, str, Any], api: Api) -> None:
    method, path, body = request_
    headers = {
        "apikey": api.stack.publishable_key,
        "Authorization": f"Bearer {bad_tokens(api)[kind]}",
    }
    before = api.digest()
    response = api.client.request(method, path, json=body, headers=headers)
    assert response.status_code in (400, 401, 403, 431), response.text[:300]
    assert api.digest() == before


def test_every_kind_is_tried(api: Api) -> None:
    assert list(bad_tokens(api)) == KINDS


@pytest.mark.parametrize(
    ("claims", "status", "message"),
    [
        ({"sub": None}, 401, "not_signed_in"),
        ({"sub": str(uuid.UUID(int=9))}, 401, "account_gone"),
        ({"role": None}, 401, None),
        ({"role": "anon"}, 401, None),
    ],
    ids=["nobody", "who is gone", "without a role", "anon"],
)
def test_a_good_token_of_nobody_writes_nothing(
    claims: dict[str, Any], status: int, message: str | None, api: Api
) -> None:
    headers = {
        "apikey": api.stack.publishable_key,
        "Authorization": f"Bearer {api.token('ada', **claims)}",
    }
    before = api.digest()
    response = api.client.post(WRITE[1], json=WRITE[2], headers=headers)
    assert response.status_code == status, response.text
    assert message is None or response.json()["message"] == message
    assert api.digest() == before


def test_a_subject_that_is_no_id_is_refused(api: Api) -> None:
    headers = {
        "apikey": api.stack.publishable_key,
        "Authorization": f"Bearer {api.token('ada', sub='not-an-id')}",
    }
    response = api.client.post(WRITE[1], json=WRITE[2], headers=headers)
    assert response.status_code in (400, 401, 403), response.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"apikey": "sb_publishable_wrong"}, {"apikey": ""}, {"Authorization": "Bearer x"}],
    ids=["no key", "a wrong key", "an empty key", "a token alone"],
)
def test_without_a_key_nobody_is_let_in(headers: dict[str, str], api: Api) -> None:
    assert api.client.get(READ[1], headers=headers).status_code == 401
