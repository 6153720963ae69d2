create or replace function public.create_crate(
  title text, description text default null, genre text default null, mood text default null, tags text[] default '{}',
  visibility text default 'public', cover_path text default null, client_id uuid default null
)
returns public.crates
language sql
volatile
security invoker
begin atomic
  select private.create_crate(create_crate.title, create_crate.description, create_crate.genre, create_crate.mood, create_crate.tags, create_crate.visibility, create_crate.cover_path, create_crate.client_id);
end;
comment on function public.create_crate(text, text, text, text, text[], text, text, uuid) is
$$Make a crate

visibility: public, unlisted (whoever has the id), followers or private. tags: at most 10. cover_path: a picture in the caller's folder of
bucket crate-covers. client_id: sent again, it returns the same crate, or crate_deleted once that is gone. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), title_invalid,
description_too_long, unknown_genre, mood_too_long, tags_invalid, crate_visibility_unknown, cover_not_found (422), crate_deleted, crate_limit (409),
rate_limited (429).$$;

create or replace function public.update_crate(
  crate_id uuid, title text default null, description text default null, genre text default null, mood text default null,
  tags text[] default null, visibility text default null, cover_path text default null
)
returns public.crates
language sql
volatile
security invoker
begin atomic
  select private.update_crate(update_crate.crate_id, update_crate.title, update_crate.description, update_crate.genre, update_crate.mood, update_crate.tags, update_crate.visibility, update_crate.cover_path);
end;
comment on function public.update_crate(uuid, text, text, text, text, text[], text, text) is
$$Change the description of one's own crate

Null leaves a field as it is; empty text, or no tags, takes it away. Returns the crate. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
crate_not_yours (403), crate_not_found (404), title_invalid, description_too_long, unknown_genre, mood_too_long, tags_invalid,
crate_visibility_unknown, cover_not_found (422), rate_limited (429).$$;

create or replace function public.delete_crate(crate_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.delete_crate(delete_crate.crate_id);
end;
comment on function public.delete_crate(uuid) is
$$Delete one's own crate

Nothing of it can be read any more. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), crate_not_yours (403),
crate_not_found (404).$$;

create or replace function public.add_to_crate(crate_id uuid, track_id uuid, note text default null)
returns public.crate_items
language sql
volatile
security invoker
begin atomic
  select private.add_to_crate(add_to_crate.crate_id, add_to_crate.track_id, add_to_crate.note);
end;
comment on function public.add_to_crate(uuid, uuid, text) is
$$Put a track at the end of a crate, as owner or editor

Returns the item. A crate holds a track once: adding it again returns the item that is there, as it is. At most 500 (setting
crate_items_limit). note: at most 280 characters. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), crate_not_yours (403),
track_not_found, crate_not_found (404), track_not_published, crate_full (409), note_too_long (422), rate_limited (429).$$;

create or replace function public.remove_from_crate(item_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.remove_from_crate(remove_from_crate.item_id);
end;
comment on function public.remove_from_crate(uuid) is
$$Take an item out of a crate, as owner or editor

Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), crate_not_yours (403), crate_item_not_found, crate_not_found (404).$$;

create or replace function public.note_crate_item(item_id uuid, note text)
returns public.crate_items
language sql
volatile
security invoker
begin atomic
  select private.note_crate_item(note_crate_item.item_id, note_crate_item.note);
end;
comment on function public.note_crate_item(uuid, text) is
$$Write the note of an item anew, or take it away with null, as owner or editor

Returns the item, which then is by the caller. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), crate_not_yours (403), crate_item_not_found,
crate_not_found (404), note_too_long (422), rate_limited (429).$$;

create or replace function public.move_crate_item(item_id uuid, after_item_id uuid)
returns public.crate_items
language sql
volatile
security invoker
begin atomic
  select private.move_crate_item(move_crate_item.item_id, move_crate_item.after_item_id);
end;
comment on function public.move_crate_item(uuid, uuid) is
$$Put an item behind another of its crate, or with null in front of all, as owner or editor

Returns the item; no other changes its position. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), crate_not_yours (403),
crate_item_not_found, crate_not_found (404), rate_limited (429).$$;

create or replace function public.set_crate_collaborator(crate_id uuid, username text, role text)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_crate_collaborator(set_crate_collaborator.crate_id, set_crate_collaborator.username, set_crate_collaborator.role);
end;
comment on function public.set_crate_collaborator(uuid, text, text) is
$$Let somebody see (viewer) or fill (editor) one's own crate, or with null no longer

Who collaborates may take themself out. Returns {username, role}; repeating changes nothing. A block of the two ends it. How many a crate may have is
said by its owner's plan (plan_limits). Errors: not_signed_in (401), plan_limit_reached (402; hint: the limit), account_deactivated, banned, feature_disabled,
crate_not_yours (403), crate_not_found, profile_not_found (404), collaborator_role_unknown, not_yourself (422), rate_limited (429).$$;

create or replace function public.record_crate_play(crate_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.record_crate_play(record_crate_play.crate_id);
end;
comment on function public.record_crate_play(uuid) is
$$Tell that the caller plays a crate

Returns {is_counted}: once a listener and hour. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), crate_not_found (404), rate_limited (429).$$;

create or replace function public.feature_crate(crate_id uuid, is_featured boolean)
returns public.crates
language sql
volatile
security invoker
begin atomic
  select private.feature_crate(feature_crate.crate_id, feature_crate.is_featured);
end;
comment on function public.feature_crate(uuid, boolean) is
$$Feature a public crate, or no longer, as staff

Audited. Returns the crate; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, not_allowed (403), crate_not_found
(404), crate_not_public (409), value_missing (422).$$;

grant execute on function
  private.create_crate(text, text, text, text, text[], text, text, uuid),
  public.create_crate(text, text, text, text, text[], text, text, uuid),
  private.update_crate(uuid, text, text, text, text, text[], text, text),
  public.update_crate(uuid, text, text, text, text, text[], text, text),
  private.delete_crate(uuid),
  public.delete_crate(uuid),
  private.add_to_crate(uuid, uuid, text),
  public.add_to_crate(uuid, uuid, text),
  private.remove_from_crate(uuid),
  public.remove_from_crate(uuid),
  private.note_crate_item(uuid, text),
  public.note_crate_item(uuid, text),
  private.move_crate_item(uuid, uuid),
  public.move_crate_item(uuid, uuid),
  private.set_crate_collaborator(uuid, text, text),
  public.set_crate_collaborator(uuid, text, text),
  private.record_crate_play(uuid),
  public.record_crate_play(uuid),
  private.feature_crate(uuid, boolean),
  public.feature_crate(uuid, boolean)
to authenticated;
