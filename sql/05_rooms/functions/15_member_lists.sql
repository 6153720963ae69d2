-- Security definer: a list of people that checks its reader itself.
create or replace function private.room_members(room_id uuid, after text, page_size int)
returns setof public.room_member_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set random_page_cost = 1.1
as $$
declare
  v_reader_id uuid := auth.uid();
  v_is_staff boolean := private.is_staff();
  v_place text[] := private.decode_place('room_members', room_members.after, '{uuid,text,timestamptz,uuid}');
  v_size int := private.page_size(room_members.page_size);
  v_hidden_ids uuid[] := array(select private.hidden_profile_ids());
  v_seen_from timestamptz := now() - make_interval(secs => private.setting('room_active_seconds')::int);
begin
  perform private.require_room_reader(room_members.room_id);
  if v_place[1]::uuid <> room_members.room_id then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end if;
  return query
  select
    member.user_id, person.card ->> 'username', person.card ->> 'display_name', person.card ->> 'avatar_path',
    (person.card ->> 'is_verified')::boolean, member.role,
    exists (
      select from public.room_presence as seen
      where seen.room_id = member.room_id and seen.user_id = member.user_id and seen.last_seen_at > v_seen_from
      offset 0
    ),
    member.joined_at,
    private.encode_cursor('room_members', jsonb_build_array(member.room_id, member.role, member.joined_at, member.user_id)::text)
  from (
    select member.*
    from public.room_members as member
    where member.room_id = room_members.room_id
      and (member.role, member.joined_at, member.user_id) < (
        coalesce(v_place[2], 'z'), coalesce(v_place[3]::timestamptz, 'infinity'),
        coalesce(v_place[4]::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      )
      and member.user_id <> all (v_hidden_ids)
    order by member.role desc, member.joined_at desc, member.user_id desc
    limit v_size
  ) as member
  join private.person_cards as person on person.profile_id = member.user_id
  order by member.role desc, member.joined_at desc, member.user_id desc;
end;
$$;

-- Security definer: shows moderators who decided, which the table does not.
create or replace function private.room_bans(room_id uuid, after text, page_size int)
returns setof public.room_ban_row
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
  v_list text := 'room_bans:' || room_bans.room_id;
  v_place text[] := private.decode_place(v_list, room_bans.after, '{timestamptz,uuid}');
  v_size int := private.page_size(room_bans.page_size);
begin
  perform private.require_signed_in();
  perform private.require_room_moderator(room_bans.room_id);
  return query
  select
    ban.user_id, person.card ->> 'username', person.card ->> 'display_name', person.card ->> 'avatar_path',
    (person.card ->> 'is_verified')::boolean, private.person_card(ban.banned_by), ban.until, ban.reason, ban.created_at,
    private.encode_cursor(v_list, jsonb_build_array(ban.created_at, ban.user_id)::text)
  from public.room_bans as ban
  join private.person_cards as person on person.profile_id = ban.user_id
  where ban.room_id = room_bans.room_id
    and (ban.until is null or ban.until > now())
    and (ban.created_at, ban.user_id) < (coalesce(v_place[1], 'infinity')::timestamptz, coalesce(v_place[2], 'ffffffff-ffff-ffff-ffff-ffffffffffff')::uuid)
  order by ban.created_at desc, ban.user_id desc
  limit v_size;
end;
$$;
