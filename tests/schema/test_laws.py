"""Every law holds on our schema, and reports a schema that breaks it."""
# ruff: noqa: E501 (statements and what they break read best on a line each)

from __future__ import annotations

import pytest

from tests.database import Connection
from tests.schema.catalog import Law
from tests.schema.laws import LAWS, too_new

# What breaks each law, and whom the law must then name.
BROKEN: dict[str, list[tuple[str, str]]] = {
    "Every definer function that clients may execute looks at who calls": [
        (
            "create function private.x() returns bigint language sql security definer"
            " as 'select count(*) from public.posts';"
            " grant execute on function private.x() to authenticated",
            "private.x",
        ),
    ],
    "Every RPC that writes asks first whether its caller may write": [
        (
            "create function public.x() returns void language sql volatile"
            " begin atomic delete from public.likes where user_id = auth.uid(); end;"
            " grant execute on function public.x() to authenticated",
            "public.x",
        ),
        ("alter function public.restore_my_account() stable", "public.restore_my_account"),
    ],
    "Every table has row-level security enabled and forced": [
        ("create table public.bare (id int primary key)", "public.bare"),
        ("alter table private.settings no force row level security", "private.settings"),
        ("alter table public.posts disable row level security", "public.posts"),
    ],
    "Every policy names its roles, and PUBLIC is none": [
        (
            "create policy select_x on public.genres for select using (true)",
            "public.genres.select_x",
        ),
        (
            "create policy select_x on storage.objects for select using (false)",
            "storage.objects.select_x",
        ),
        (
            "alter policy select_own_topic on realtime.messages to public",
            "realtime.messages.select_own_topic",
        ),
    ],
    "Every policy is for one command and named after it": [
        (
            "create policy select_x on public.likes to authenticated using (true)",
            "public.likes.select_x",
        ),
        (
            "create policy read_x on public.likes for select to anon using (true)",
            "public.likes.read_x",
        ),
        (
            "create policy insert_x on storage.objects to anon using (true)",
            "storage.objects.insert_x",
        ),
    ],
    "Every policy is permissive": [
        (
            "create policy select_x on public.likes as restrictive for select to anon using (true)",
            "public.likes.select_x",
        ),
    ],
    "No policy calls a function once a row": [
        (
            "alter policy select_own on public.likes using (user_id = auth.uid())",
            "public.likes.select_own",
        ),
        (
            "alter policy select_own on public.likes using (private.is_staff())",
            "public.likes.select_own",
        ),
        (
            "alter policy insert_own on public.follows"
            " with check (follower_id = (select auth.uid()) and private.can_see_profile(followee_id))",
            "public.follows.insert_own",
        ),
        (
            "alter policy select_own_topic on realtime.messages"
            " using (realtime.topic() = 'user:' || (select auth.uid()))",
            "realtime.messages.select_own_topic",
        ),
        (
            "alter policy select_own on public.likes"
            " using (user_id = (select auth.uid()) or current_setting('x', true) = 'y')",
            "public.likes.select_own",
        ),
    ],
    "Every foreign key has an index that leads with its columns": [
        ("drop index public.blocks_blocked_id", "blocks.blocks_blocked_id_fkey"),
        (
            "drop index private.staff_granted_by;"
            " create index staff_granted_by on private.staff (role, granted_by)",
            "private.staff.staff_granted_by_fkey",
        ),
        (
            "drop index private.staff_granted_by;"
            " create index staff_granted_by on private.staff (granted_by) where role = 'admin'",
            "private.staff.staff_granted_by_fkey",
        ),
    ],
    "Every foreign key says what happens on delete": [
        (
            "create table private.x (id uuid primary key references public.profiles)",
            "private.x.x_id_fkey",
        ),
    ],
    "Every function has an empty search_path, but an invoker's whose names are bound when it is made": [
        (
            "create function private.loose() returns int language sql as 'select 1'",
            "private.loose()",
        ),
        (
            "alter function private.is_staff(text) set search_path = public",
            "private.is_staff(at_least text)",
        ),
        (
            "alter function private.home_feed(text, int) reset search_path",
            "private.home_feed(after text, page_size integer)",
        ),
        (
            "alter function public.home_feed(text, int) set search_path = public",
            "public.home_feed(after text, page_size integer)",
        ),
        (
            "create function private.loose() returns int language sql security definer"
            " begin atomic select 1; end",
            "private.loose()",
        ),
    ],
    "Security definer functions stand in private alone": [
        ("alter function public.post(uuid) security definer", "public.post(post_id uuid)"),
        (
            "alter function backend.claim_outbox(text, int) security definer",
            "backend.claim_outbox(topic text, size integer)",
        ),
    ],
    "Every security definer function has its reason directly above it in sql/": [
        ("alter function private.uuid_v7() security definer", "private.uuid_v7"),
        ("alter function private.setting(text) security invoker", "private.setting"),
    ],
    "Nobody may execute a private function that no API function or policy of theirs calls": [
        (
            "grant execute on function private.enqueue(text, jsonb, uuid, timestamptz) to authenticated",
            "authenticated on private.enqueue",
        ),
        (
            "grant execute on function private.create_post(text, text, uuid, uuid, text[], text, uuid) to anon",
            "anon on private.create_post",
        ),
        ("grant execute on function private.is_staff(text) to anon", "anon on private.is_staff"),
        (
            "drop policy update_own on public.profiles; drop policy update_own on public.artist_profiles;"
            " drop policy insert_own on public.follows; drop policy delete_own on public.follows;"
            " drop policy insert_own_avatar on storage.objects; drop policy update_own_avatar on storage.objects;"
            " drop policy insert_own_post_media on storage.objects;"
            " drop policy insert_own on public.products; drop policy update_own on public.products;"
            " drop policy delete_own on public.products;"
            " drop policy insert_own on public.product_variants; drop policy update_own on public.product_variants;"
            " drop policy delete_own on public.product_variants",
            "authenticated on private.may_write",
        ),
    ],
    "Nothing of ours is open to PUBLIC": [
        ("grant execute on function private.uuid_v7() to public", "execute private.uuid_v7()"),
        ("grant select on public.likes to public", "select on public.likes"),
        ("grant usage on schema private to public", "usage on private"),
        (
            "alter default privileges grant execute on functions to public;"
            " create function public.x() returns int language sql set search_path = '' as 'select 1'",
            "execute public.x()",
        ),
    ],
    "What anon may execute is exactly the committed list": [
        ("grant execute on function public.home_feed(text, int) to anon", "public.home_feed"),
        ("revoke execute on function public.post(uuid) from anon", "public.post"),
        ("grant execute on function private.page_size(int) to public", "private.page_size"),
    ],
    "Only service_role enters backend, and nobody enters private": [
        ("grant usage on schema backend to authenticated", "authenticated in backend"),
        ("grant create on schema private to service_role", "service_role in private"),
    ],
    "The API roles hold no truncate, references, trigger or maintain": [
        ("grant all on public.blocks to authenticated", "authenticated truncate on public.blocks"),
        (
            "grant references (id) on public.profiles to anon",
            "anon references on public.profiles.id",
        ),
        ("grant maintain on public.blocks to service_role", "service_role maintain on"),
    ],
    "Insert and update are granted by column alone": [
        ("grant insert on public.posts to authenticated", "authenticated insert on public.posts"),
        (
            "grant update on public.profiles to service_role",
            "service_role update on public.profiles",
        ),
    ],
    "No client reaches a private table": [
        ("grant select on private.staff to service_role", "service_role on private.staff"),
    ],
    "Every view runs with its caller's rights": [
        ("create view public.leak as select 1 as one", "public.leak"),
        ("create materialized view public.copy as select 1 as one", "public.copy"),
    ],
    "Everything exposed is documented": [
        ("comment on table public.posts is null", "public.posts"),
        ("comment on column public.posts.body is null", "public.posts.body"),
        (
            "create view backend.x with (security_invoker = true) as select 1 as one",
            "backend.x.one",
        ),
        (
            "comment on function backend.claim_outbox(text, int) is null",
            "backend.claim_outbox(topic text, size integer)",
        ),
        ("comment on type public.profile_card is null", "public.profile_card"),
        ("create domain public.mood as text", "public.mood"),
    ],
    "Every private table is documented": [
        ("comment on table private.staff is null", "private.staff")
    ],
    "The data map registers every column that holds a person's id, and nothing else": [
        ("create table private.x (id int, user_id uuid)", "not registered: private.x.user_id"),
        (
            "create table private.x (who uuid references public.profiles (id) on delete cascade)",
            "not registered: private.x.who",
        ),
        (
            "create table private.x (who uuid references public.artist_profiles (profile_id))",
            "not registered: private.x.who",
        ),
        (
            "delete from private.data_map where table_name = 'public.likes'",
            "not registered: public.likes.user_id",
        ),
        (
            "insert into private.data_map (table_name, person_column, is_exported, on_erasure, reason)"
            " values ('public.genres', 'slug', false, 'delete', 'x')",
            "not a person's id: public.genres.slug",
        ),
        (
            "update private.data_map set cleared_columns = '{granted_ny}' where on_erasure = 'anonymise'",
            "not there: ",
        ),
        (
            "update private.data_map set cleared_columns = '{role}' where on_erasure = 'anonymise'",
            "not there: ",
        ),
    ],
    "No public function is told who its caller is": [
        (
            "create function public.x(user_id uuid) returns int language sql set search_path = '' as 'select 1'",
            "public.x(user_id uuid) user_id",
        ),
    ],
    "Every API function is a thin door: one SQL statement with its caller's rights": [
        (
            "create function public.x() returns int language sql set search_path = '' as 'select 1'",
            "public.x()",
        ),
        ("alter function public.post(uuid) security definer", "public.post(post_id uuid)"),
    ],
    "No API function is overloaded": [
        (
            "create function public.post(x int) returns int language sql set search_path = '' begin atomic select 1; end",
            "public.post",
        ),
    ],
    "No enum stands in the signature of an API function": [
        (
            "create type public.mood as enum ('fine');"
            " create function public.x(mood public.mood) returns int language sql begin atomic select 1; end",
            "public.x(mood mood)",
        ),
        (
            "create type public.mood as enum ('fine');"
            " create function public.x() returns public.mood[] language sql as 'select null::public.mood[]'",
            "public.x()",
        ),
    ],
    "Triggers are named by their order, and their functions after the table": [
        ("alter trigger _500_uncount on public.likes rename to uncount", "public.likes.uncount"),
        (
            "create trigger _500_x after insert on public.blocks for each row execute function private.tg_likes__uncount()",
            "public.blocks._500_x",
        ),
    ],
    "A column's name says its type: *_at is timestamptz, is_* boolean, *_minor bigint": [
        ("create table private.x (sent_at timestamp)", "private.x.sent_at"),
        ("create table private.x (is_new int)", "private.x.is_new"),
        ("create table private.x (amount_minor int)", "private.x.amount_minor"),
    ],
    "Every check has a name of its own": [
        ("create table private.x (size int check (size > 0))", "private.x.x_size_check"),
    ],
    "No extension is used but the ones hosted Supabase and the stack share": [
        ("create extension citext with schema extensions", "citext"),
    ],
    "No list asks whether there is a cursor: a generic plan then reads all that stands before the page": [
        (
            "create function private.x(v_place text[]) returns bigint language plpgsql"
            " as $$ begin return (select count(*) from public.posts"
            " where v_place is null or id < v_place[1]::uuid); end $$",
            "private.x",
        ),
    ],
    "No limit of rows to lock stands in a subquery that may run again": [
        (
            "create function private.x() returns void language sql as $$"
            " delete from public.likes where target_id in ("
            " select id from public.posts where id is not null limit (1 + 1) for update skip locked)"
            " $$",
            "private.x",
        ),
    ],
}
NEWER = [
    "alter table x alter column id set default uuidv7()",
    "create table x (a int, b int generated always as (a * 2) virtual)",
    "create table x (a int, b int generated always as (abs(a)), c int)",
    "update x set a = 1 returning old.a",
    "delete from x returning with (old as before) before.a",
    "create table x (a int4range, constraint k primary key (a without overlaps))",
    "alter table x add constraint c check (a > 0) not enforced",
    "select crc32('x')",
    "select casefold('X')",
    "select array_sort('{2,1}'::int[])",
]


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_the_law_holds(law: Law, db: Connection) -> None:
    assert law.offenders(db) == []


@pytest.mark.parametrize(
    ("law", "statement", "offender"),
    [
        pytest.param(law, *case, id=f"{law.sentence}: {case[1]}")
        for law in LAWS
        for case in BROKEN.get(law.sentence, [])
    ],
)
def test_the_law_names_who_breaks_it(
    law: Law, statement: str, offender: str, db: Connection
) -> None:
    db.execute(statement)
    assert [found for found in law.offenders(db) if offender in found] != []


def test_each_law_is_broken_once() -> None:
    of_text = {"Nothing is newer than Postgres 17"}
    assert {law.sentence for law in LAWS} - of_text == set(BROKEN)


@pytest.mark.parametrize("text", NEWER)
def test_newer_sql_is_found(text: str) -> None:
    assert too_new(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "create table x (a int, b int generated always as (abs(a)) stored, c int)",
        "id bigint generated always as identity primary key",
        "update x set a = 1 returning x.a",
        "-- uuidv7() came with 18",
        "insert into x values (1) on conflict do nothing returning *",
    ],
)
def test_older_sql_is_not_taken_for_newer(text: str) -> None:
    assert too_new(text) == []
