"""Which keys there are, and the tokens they become."""

import jwt
import pytest

from devstack.gateway.credentials import Credentials as Given
from devstack.gateway.credentials import KeyRefusedError, split_key
from devstack.gateway.keys import Keys
from devstack.gateway.parts import Speaks
from tests.devstack.gateway.conftest import JWT_SECRET, PUBLISHABLE, SECRET, token

LITE_KEYS = {"anon": "lite-publishable", "service_role": "lite-secret"}
USER = token("authenticated", sub="7", aud="authenticated")


@pytest.fixture
def keys() -> Keys:
    return Keys(PUBLISHABLE, SECRET, JWT_SECRET)


@pytest.mark.parametrize(
    ("key", "role"),
    [
        (PUBLISHABLE, "anon"),
        (SECRET, "service_role"),
        (token("anon"), "anon"),
        (token("service_role"), "service_role"),
        ("", None),
        (PUBLISHABLE + "x", None),
        ("sb_publishable_ü", None),
        (token("service_role", lasts=-1), None),
        (token("service_role", secret="y" * 32), None),
        (token("postgres"), None),
        (USER, None),
        (token("anon", sub="7"), None),
        (jwt.encode({"role": "service_role"}, "", "none"), None),
        ("a.b.c", None),
    ],
)
def test_role_of_a_key(keys: Keys, key: str, role: str | None) -> None:
    assert keys.role(key) == role


def test_minted_tokens_are_kept_while_they_last(
    keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = keys.mint("anon")
    assert keys.mint("anon") == first
    claims = jwt.decode(first, JWT_SECRET, ["HS256"], audience="authenticated")
    assert (claims["role"], claims["exp"] - claims["iat"]) == ("anon", 3600)
    late = claims["exp"] - 299
    monkeypatch.setattr("devstack.gateway.keys.time.time", lambda: late)
    assert keys.mint("anon") != first


def headers(keys: Keys, speaks: Speaks, key: str | None, bearer: str | None) -> dict[str, str]:
    authorization = None if bearer is None else f"Bearer {bearer}"
    given = Given.read(keys, key, authorization, needs_key=False)
    return {name.decode(): value.decode() for name, value in given.headers(keys, speaks, LITE_KEYS)}


def test_parts_that_speak_tokens_get_one(keys: Keys) -> None:
    def role(key: str | None, bearer: str | None) -> str:
        scheme, given = headers(keys, Speaks.TOKENS, key, bearer)["authorization"].split()
        assert scheme == "Bearer"
        claims = jwt.decode(given, JWT_SECRET, ["HS256"], audience="authenticated")
        assert claims["exp"]
        return str(claims["role"])

    assert role(PUBLISHABLE, None) == "anon"
    assert role(PUBLISHABLE, PUBLISHABLE) == "anon"
    assert role(PUBLISHABLE, SECRET) == "service_role"
    assert role(SECRET, token("anon")) == "anon"
    assert role(token("service_role"), None) == "service_role"
    assert role(PUBLISHABLE, USER) == "authenticated"
    assert headers(keys, Speaks.TOKENS, None, None) == {}


def test_a_users_token_goes_through_as_it_is(keys: Keys) -> None:
    for given in (USER, token("authenticated", secret="y" * 32), "nonsense", "sb_secret_wrong"):
        for speaks in Speaks:
            sent = headers(keys, speaks, PUBLISHABLE, given)
            assert sent["authorization"] == f"Bearer {given}"


def test_lite_gets_its_own_keys(keys: Keys) -> None:
    assert headers(keys, Speaks.LITE, PUBLISHABLE, None) == {"apikey": "lite-publishable"}
    assert headers(keys, Speaks.LITE, token("anon"), SECRET) == {
        "apikey": "lite-publishable",
        "authorization": "Bearer lite-secret",
    }
    assert headers(keys, Speaks.LITE, None, USER) == {"authorization": f"Bearer {USER}"}


def test_a_wrong_key_is_refused_even_where_none_is_needed(keys: Keys) -> None:
    for needs_key in (True, False):
        with pytest.raises(KeyRefusedError):
            Given.read(keys, "wrong", None, needs_key=needs_key)
    with pytest.raises(KeyRefusedError):
        Given.read(keys, None, f"Bearer {SECRET}", needs_key=True)


def test_the_key_is_taken_out_of_the_query() -> None:
    assert split_key(b"a=%2F&apikey=k%2Be%20y&b") == ("k+e y", b"a=%2F&b")
    assert split_key(b"a=1") == (None, b"a=1")
