"""What the other tests here compare sees every write, also to tables that are not logged."""

from __future__ import annotations

import uuid

import pytest

from tests.http.api import Api

# A row that nobody else writes, and that is taken back.
BUCKET = uuid.uuid5(uuid.NAMESPACE_DNS, "digest")


@pytest.mark.parametrize(
    ("table", "write", "take_back"),
    [
        (
            "feature_flags",
            "update public.feature_flags set is_enabled = not is_enabled where name = 'social'",
            "update public.feature_flags set is_enabled = not is_enabled where name = 'social'",
        ),
        (
            "private.rate_limit_buckets",
            "insert into private.rate_limit_buckets (user_id, action, tokens, refilled_at)"
            f" values ('{BUCKET}', 'create_post', 1, now())",
            f"delete from private.rate_limit_buckets where user_id = '{BUCKET}'",
        ),
    ],
)
def test_a_write_changes_the_digest_and_one_taken_back_does_not(
    table: str, write: str, take_back: str, api: Api
) -> None:
    before = api.digest()
    with api.database() as connection:
        with connection.transaction(force_rollback=True):
            connection.execute(write.encode())
        assert api.digest() == before
        connection.execute(write.encode())
        changed = api.digest()
        assert {each for each in changed if changed[each] != before[each]} == {table}
        connection.execute(take_back.encode())
        assert api.digest() == before
