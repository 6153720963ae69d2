create or replace function public.my_account()
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.my_account();
end;
comment on function public.my_account() is
$$Who the caller is, in one reading

{user_id, email, kind, staff_role or null, tier, is_subscribed, erase_after or null, profile {...}, listening {total_plays, recent [up to 20
{track_id, track {...} or null, ms_played, source, played_at}]},
artist {track_count, total_earned_minor, currency} or null}. tier: the best plan one has now, as my_entitlements; is_subscribed: whether a
subscription of one's own gives one now; total_earned_minor: all that was earned in US dollars so far, which my_earnings tells by month and in
each currency. Errors: not_signed_in, account_gone (401).$$;

create or replace function public.profile_page(username text)
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.profile_page(profile_page.username);
end;
comment on function public.profile_page(text) is
$$A person as their page shows them

{profile {...}, artist {...} or null, is_me, is_followed_by_me, follows_me, is_follow_requested_by_me,
is_blocked_by_me, is_muted_by_me, can_message: yes, request or no}. Anybody may ask. Errors: profile_not_found (404), also across a block.$$;

create or replace function public.search_profiles(query text, after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.search_profiles(search_profiles.query, search_profiles.after, search_profiles.page_size) as card;
end;
comment on function public.search_profiles(text, text, int) is
$$People by a part of their username or display name

Best match first, of at most 500 found (the very username, then the most followed). query: 2 to 80 characters. Without those muted, blocked or hidden. Errors:
query_too_short, bad_cursor (422).$$;

create or replace function public.change_username(username text)
returns public.profiles
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.change_username(change_username.username);
end;
comment on function public.change_username(text) is
$$Take another username

Returns the profile. Once in 7 days (setting username_change_days); the old name stays reserved for its holder for 30. The same name again
changes nothing. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), username_invalid (422), username_taken (409),
username_changed_recently (429; hint: seconds to wait).$$;

create or replace function public.become_artist()
returns public.artist_profiles
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.become_artist();
end;
comment on function public.become_artist() is
$$Turn a fan's account into an artist's

Returns the artist profile, also when it was one already. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403).$$;

create or replace function public.block(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_block(block.username, true);
end;
comment on function public.block(text) is
$$Block somebody

Each is hidden from the other, follows and requests between them end. Returns {is_blocked: true}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned (403),
profile_not_found (404), not_yourself (422), rate_limited (429).$$;

create or replace function public.unblock(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_block(unblock.username, false);
end;
comment on function public.unblock(text) is
$$Take a block back

Returns {is_blocked: false}; repeating changes nothing. Follows do not come back. Errors: as block.$$;

create or replace function public.mute(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_mute(mute.username, true);
end;
comment on function public.mute(text) is
$$Mute somebody

They disappear from the caller's feeds and lists, and are not told. Returns {is_muted: true}; repeating changes nothing. Errors: as block.$$;

create or replace function public.unmute(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_mute(unmute.username, false);
end;
comment on function public.unmute(text) is
$$Take a mute back

Returns {is_muted: false}; repeating changes nothing. Errors: as block.$$;

create or replace function public.my_blocks(after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.my_blocks(my_blocks.after, my_blocks.page_size) as card;
end;
comment on function public.my_blocks(text, int) is
$$Whom the caller has blocked, newest first

By name alone: across a block nobody's avatar_path or is_verified is shown, they are null and false. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.my_mutes(after text default null, page_size int default null)
returns setof public.profile_card
language sql
stable
security invoker
set search_path = ''
begin atomic
  select card.id, card.username, card.display_name, card.avatar_path, card.is_verified, card.is_followed_by_me, card.cursor
  from private.my_mutes(my_mutes.after, my_mutes.page_size) as card;
end;
comment on function public.my_mutes(text, int) is
$$Whom the caller has muted, newest first

Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.grant_staff_role(username text, role text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.grant_staff_role(grant_staff_role.username, grant_staff_role.role);
end;
comment on function public.grant_staff_role(text, text) is
$$Give somebody a role: moderator, admin or super_admin

For super admins; audited. Returns {username, role}. Errors: not_signed_in (401), account_deactivated, banned (403), not_allowed (403), profile_not_found (404), role_unknown (422),
last_super_admin (409).$$;

create or replace function public.revoke_staff_role(username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.revoke_staff_role(revoke_staff_role.username);
end;
comment on function public.revoke_staff_role(text) is
$$Take somebody's role

For super admins; audited. Returns {username, role: null}. Errors: not_signed_in (401), account_deactivated, banned (403), not_allowed (403), profile_not_found (404), last_super_admin (409).$$;

create or replace function public.set_feature(name text, is_enabled boolean)
returns public.feature_flags
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_feature(set_feature.name, set_feature.is_enabled);
end;
comment on function public.set_feature(text, boolean) is
$$Switch a domain on or off

For admins; audited. Returns the flag. Errors: not_signed_in (401), account_deactivated, banned (403), not_allowed (403), feature_not_found (404), value_missing (422).$$;

create or replace function public.set_setting(name text, value bigint)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_setting(set_setting.name, set_setting.value);
end;
comment on function public.set_setting(text, bigint) is
$$Tune a number

For admins; audited. Returns the setting with its range and unit. Errors: not_signed_in (401), account_deactivated, banned (403), not_allowed (403), setting_not_found (404), value_missing,
value_out_of_range (422; hint: the range).$$;

create or replace function public.set_rate_limit(action text, capacity int, refill_seconds numeric)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.set_rate_limit(set_rate_limit.action, set_rate_limit.capacity, set_rate_limit.refill_seconds);
end;
comment on function public.set_rate_limit(text, int, numeric) is
$$Tune a rate limit

For admins; audited. capacity: the burst that passes; refill_seconds: until one more passes. Returns the rule. Errors: not_signed_in (401), account_deactivated, banned (403), not_allowed (403),
rate_limit_not_found (404), value_missing, value_out_of_range (422).$$;

create or replace function public.operator_settings()
returns jsonb
language sql
stable
security invoker
set search_path = ''
begin atomic
  select private.operator_settings();
end;
comment on function public.operator_settings() is
$$All that admins may tune

{features [...], settings [...], rate_limits [...]}, each with its description. Errors: not_signed_in (401), account_deactivated, banned (403), not_allowed (403).$$;

create or replace function public.export_my_data()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.export_my_data();
end;
comment on function public.export_my_data() is
$$Every row that is the caller's

{exported_at, user_id, "schema.table": [rows]} over all that private.data_map registers as exported. Errors: not_signed_in, account_gone (401), rate_limited (429).$$;

create or replace function public.delete_my_account(confirm_username text)
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.delete_my_account(delete_my_account.confirm_username);
end;
comment on function public.delete_my_account(text) is
$$Delete the caller's account

At once the profile is hidden, its sessions end and it cannot write; after 14 days (setting erase_after_days) it is erased. Returns
{erase_after}; repeating changes nothing. Errors: not_signed_in, account_gone (401), confirmation_mismatch (422), last_super_admin (409).$$;

create or replace function public.restore_my_account()
returns jsonb
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select private.restore_my_account();
end;
comment on function public.restore_my_account() is
$$Take the deletion back, while there is time

Sign in again first. Returns {is_active: true}; repeating changes nothing. Errors: not_signed_in, account_gone (401), rate_limited (429).$$;

create or replace function backend.erase_due_accounts(size int default 20)
returns table (user_id uuid, is_erased boolean, objects jsonb, error text)
language sql
volatile
security invoker
set search_path = ''
begin atomic
  select erased.user_id, erased.is_erased, erased.objects, erased.error from private.erase_due_accounts(erase_due_accounts.size) as erased;
end;
comment on function backend.erase_due_accounts(int) is
$$Erase the accounts whose time has come

At most 100. An account that still has stored objects is not erased: its row lists them as [{bucket, names}], to be removed through the
Storage API before the next call. error says why an erasure failed; it did not touch the others. Whoever was not erased comes after the
others the next time.$$;

grant execute on function
  private.my_account(), public.my_account(),
  private.change_username(text), public.change_username(text),
  private.become_artist(), public.become_artist(),
  private.set_block(text, boolean), private.set_mute(text, boolean),
  public.block(text),
  public.unblock(text),
  public.mute(text),
  public.unmute(text),
  private.my_blocks(text, int), public.my_blocks(text, int),
  private.my_mutes(text, int), public.my_mutes(text, int),
  private.grant_staff_role(text, text), public.grant_staff_role(text, text),
  private.revoke_staff_role(text), public.revoke_staff_role(text),
  private.set_feature(text, boolean), public.set_feature(text, boolean),
  private.set_setting(text, bigint), public.set_setting(text, bigint),
  private.set_rate_limit(text, int, numeric), public.set_rate_limit(text, int, numeric),
  private.operator_settings(), public.operator_settings(),
  private.export_my_data(), public.export_my_data(),
  private.delete_my_account(text), public.delete_my_account(text),
  private.restore_my_account(), public.restore_my_account()
to authenticated;

grant execute on function
  private.profile_page(text), public.profile_page(text),
  private.search_profiles(text, text, int), public.search_profiles(text, text, int)
to anon, authenticated;

grant execute on function
  private.erase_due_accounts(int), backend.erase_due_accounts(int)
to service_role;
