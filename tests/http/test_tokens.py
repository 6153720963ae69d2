"""Tokens that are expired, forged or meant for something else open nothing; good ones do."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import jwt
import pytest

from tests.http.api import Api

Remark = Callable[[str, object], None]
FORGED = "an entirely different secret of more than 32 bytes"
READ = ("GET", "/rest/v1/profiles?select=id", None)
WRITE = ("POST", "/rest/v1/rpc/create_post", {"kind": "text", "body": "forged"})
STAFF = ("POST", "/rest/v1/rpc/set_feature", {"name": "social", "is_enabled": False})


def bad_tokens(api: Api) -> dict[str, str]:
    """What is wrong with a token, whoever is asked, and the token."""
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
        "cut short": good[:-9],
        "of a role that is not to be had": api.token("boss", role="postgres"),
        "of a superuser": api.token("boss", role="supabase_admin"),
        "of a role that does not exist": api.token("boss", role="emperor"),
        "no token at all": "x",
        "three dots": "...",
        "20 kB": "x" * 20_000,
    }


def carrying(api: Api, token: str) -> dict[str, str]:
    """The headers of a request with a token."""
    return {"apikey": api.stack.publishable_key, "Authorization": f"Bearer {token}"}


def test_bad_tokens_open_nothing_of_postgrest_where_a_good_one_does(
    api: Api, record_property: Remark
) -> None:
    bad = bad_tokens(api)
    statuses: Counter[int] = Counter()
    opened = []
    for method, path, body in (READ, WRITE, STAFF):
        before = api.digest()
        for what, token in bad.items():
            answer = api.client.request(method, path, json=body, headers=carrying(api, token))
            assert answer.status_code in (400, 401, 403, 431), (what, path, answer.text[:300])
            assert api.digest() == before, (what, path)
            statuses[answer.status_code] += 1
        good = carrying(api, api.token("boss"))
        answer = api.client.request(method, path, json=body, headers=good)
        assert answer.is_success, (path, answer.text)
        assert (api.digest() != before) == (method == "POST"), path
        opened.append(f"{path.removeprefix('/rest/v1/')} {answer.status_code}")
    mended = api.rpc("boss", "set_feature", {"name": "social", "is_enabled": True})
    assert mended.is_success, mended.text
    assert len(bad) >= 12
    told = ", ".join(f"{count} of {status}" for status, count in sorted(statuses.items()))
    record_property(
        "remark",
        f"{len(bad)} bad tokens at each of 3 doors of PostgREST: {told}, nothing changed;"
        f" the good token of the same person opens each: {', '.join(opened)}",
    )


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
    headers = carrying(api, api.token("ada", **claims))
    before = api.digest()
    response = api.client.post(WRITE[1], json=WRITE[2], headers=headers)
    assert response.status_code == status, response.text
    assert message is None or response.json()["message"] == message
    assert api.digest() == before


def test_a_subject_that_is_no_id_is_refused(api: Api) -> None:
    headers = carrying(api, api.token("ada", sub="not-an-id"))
    response = api.client.post(WRITE[1], json=WRITE[2], headers=headers)
    assert response.status_code in (400, 401, 403), response.text


@pytest.mark.parametrize(
    "headers",
    [{}, {"apikey": "sb_publishable_wrong"}, {"apikey": ""}, {"Authorization": "Bearer x"}],
    ids=["no key", "a wrong key", "an empty key", "a token alone"],
)
def test_without_a_key_nobody_is_let_in(headers: dict[str, str], api: Api) -> None:
    assert api.client.get(READ[1], headers=headers).status_code == 401
