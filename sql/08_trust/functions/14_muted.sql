-- Who is muted everywhere writes no text. One trigger function, on every column that takes words of people's own; a test finds every column of text in the
-- catalog, and asks of those without a trigger why they need none. After the row, as a trigger before it would have every like lock the post in a step of its own; asked only when there is
-- a text, or another one.

-- Security definer: sanctions are nobody's to read.
create or replace function private.tg__refuse_muted()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id constant uuid := auth.uid();
begin
  -- Nobody, where an account is erased or the machine writes.
  if v_user_id is not null and exists (
    select from private.sanctions_in_force as sanction
    where sanction.user_id = v_user_id and sanction.kind = 'mute' and sanction.room_id is null
  ) then
    perform private.refuse_muted(v_user_id);
  end if;
  return null;
end;
$$;
comment on function private.tg__refuse_muted() is 'muted (403) for a text of somebody who is muted everywhere; in rooms their own mutes are asked';

create trigger _310_refuse_muted
  after update of username, display_name, bio on public.profiles
  for each row
  when ((old.username, old.display_name, old.bio) is distinct from (new.username, new.display_name, new.bio))
  execute function private.tg__refuse_muted();
create trigger _310_refuse_muted
  after update of links on public.artist_profiles
  for each row
  when (old.links is distinct from new.links)
  execute function private.tg__refuse_muted();

create trigger _310_refuse_muted
  after insert on public.tracks
  for each row execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of title, artist_name on public.tracks
  for each row
  when ((old.title, old.artist_name) is distinct from (new.title, new.artist_name))
  execute function private.tg__refuse_muted();

create trigger _310_refuse_muted
  after insert on public.crates
  for each row execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of title, description, mood, tags on public.crates
  for each row
  when (
    -- Not when it is deleted, which empties all of it.
    num_nonnulls(new.title, new.description, new.mood) + cardinality(new.tags) > 0
    and (old.title, old.description, old.mood, old.tags) is distinct from (new.title, new.description, new.mood, new.tags)
  )
  execute function private.tg__refuse_muted();
create trigger _310_refuse_muted
  after insert on public.crate_items
  for each row
  when (new.note is not null)
  execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of note on public.crate_items
  for each row
  when (new.note is not null and new.note is distinct from old.note)
  execute function private.tg__refuse_muted();

create trigger _310_refuse_muted
  after insert on public.posts
  for each row
  when (new.body is not null)
  execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of body on public.posts
  for each row
  when (new.body is not null and new.body is distinct from old.body)
  execute function private.tg__refuse_muted();

create trigger _310_refuse_muted
  after insert on public.comments
  for each row execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of body on public.comments
  for each row
  when (new.body is not null and new.body is distinct from old.body)
  execute function private.tg__refuse_muted();

create trigger _310_refuse_muted
  after insert on public.direct_messages
  for each row
  when (new.body is not null)
  execute function private.tg__refuse_muted();
create trigger _310_refuse_muted
  after insert on public.conversations
  for each row
  when (new.title is not null)
  execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of title on public.conversations
  for each row
  when (new.title is not null and new.title is distinct from old.title)
  execute function private.tg__refuse_muted();

create trigger _310_refuse_muted
  after insert on public.rooms
  for each row execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of name, description, region, tags on public.rooms
  for each row
  when (
    new.deleted_at is null
    and (old.name, old.description, old.region, old.tags) is distinct from (new.name, new.description, new.region, new.tags)
  )
  execute function private.tg__refuse_muted();
create trigger _310_refuse_muted
  after insert on public.join_requests
  for each row
  when (new.message is not null)
  execute function private.tg__refuse_muted();
create trigger _310_refuse_muted
  after insert on public.messages
  for each row
  when (new.body is not null)
  execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of body on public.messages
  for each row
  when (new.body is not null and new.body is distinct from old.body)
  execute function private.tg__refuse_muted();
create trigger _310_refuse_muted
  after insert on public.live_streams
  for each row execute function private.tg__refuse_muted();

-- Of who skips it; why the machine passes it over has no skipped_by.
create trigger _320_refuse_muted
  after update of skip_reason on public.queue_items
  for each row
  when (new.skip_reason is not null and new.skipped_by is not null and new.skip_reason is distinct from old.skip_reason)
  execute function private.tg__refuse_muted();

create trigger _310_refuse_muted
  after insert on public.products
  for each row execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of name, description, venue, external_url on public.products
  for each row
  when ((old.name, old.description, old.venue, old.external_url) is distinct from (new.name, new.description, new.venue, new.external_url))
  execute function private.tg__refuse_muted();
create trigger _310_refuse_muted
  after insert on public.product_variants
  for each row execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of name on public.product_variants
  for each row
  when (new.name is distinct from old.name)
  execute function private.tg__refuse_muted();

create trigger _320_refuse_muted
  after update of tracking on public.order_lines
  for each row
  when (new.tracking is not null and new.tracking is distinct from old.tracking)
  execute function private.tg__refuse_muted();

create trigger _310_refuse_muted
  after insert on public.licenses
  for each row execute function private.tg__refuse_muted();
create trigger _320_refuse_muted
  after update of name, terms on public.licenses
  for each row
  when ((old.name, old.terms) is distinct from (new.name, new.terms))
  execute function private.tg__refuse_muted();
