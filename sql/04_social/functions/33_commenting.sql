-- Security definer: clients hold no insert right on comments, so that every comment passes the checks below.
create or replace function private.create_comment(
  target_kind text, target_id uuid, body text, parent_id uuid, position_ms int, client_id uuid
)
returns public.comment_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(create_comment.body, E' \t\r\n'), '');
  v_owner_id uuid;
  v_parent public.comments;
  v_comment public.comments;
begin
  if create_comment.target_kind is null or create_comment.target_kind not in ('post', 'track', 'crate') then
    perform private.raise_error(422, 'target_kind_unknown', 'This cannot be done with things of this kind.');
  end if;
  if v_body is null then
    perform private.raise_error(422, 'body_missing', 'A comment needs a text.');
  end if;
  if char_length(v_body) > 1000 then
    perform private.raise_error(422, 'body_too_long', 'A comment has at most 1000 characters.');
  end if;

  select comment.* into v_comment
  from public.comments as comment
  where comment.author_id = v_user_id
    and comment.client_id = create_comment.client_id
    and comment.target_id = create_comment.target_id;
  if found then
    return private.comment_row(v_comment.id);
  end if;

  perform private.lock_own_profile();
  perform private.take_token('create_comment');
  v_owner_id := private.lock_target(create_comment.target_kind, create_comment.target_id);
  perform private.require_target(create_comment.target_kind, create_comment.target_id);
  -- Asked once the track is known to be seen: its length is for those who see it.
  if create_comment.position_ms is not null and (
    create_comment.target_kind <> 'track'
    or create_comment.parent_id is not null
    or create_comment.position_ms not between 0 and coalesce(
      (select track.duration_ms from public.tracks as track where track.id = create_comment.target_id), 2147483647
    )
  ) then
    perform private.raise_error(422, 'position_unfit', 'A moment is given for a track alone, by a comment that is no reply, and lies inside its length.');
  end if;
  -- Staff see across blocks, and still do not talk across one of their own.
  if exists (
    select from public.blocks as block
    where (block.blocker_id, block.blocked_id) in ((v_user_id, v_owner_id), (v_owner_id, v_user_id))
  ) then
    perform private.raise_error(403, 'owner_is_blocked', 'There is a block between you and whose this is.');
  end if;
  if create_comment.parent_id is not null then
    select parent.* into v_parent
    from public.comments as parent
    where parent.id = create_comment.parent_id
      and parent.target_id = create_comment.target_id
      and parent.target_kind = create_comment.target_kind;
    if not private.can_see_comment(v_parent.id) then
      perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
    end if;
  end if;

  -- Of those sent twice at once, the second has waited for the lock.
  insert into public.comments (target_kind, target_id, author_id, parent_id, depth, body, position_ms, client_id)
  values (
    create_comment.target_kind, create_comment.target_id, v_user_id,
    case when v_parent.depth = 4 then v_parent.parent_id else v_parent.id end,
    least(coalesce(v_parent.depth, 0) + 1, 4),
    v_body, create_comment.position_ms, create_comment.client_id
  )
  on conflict do nothing
  returning * into v_comment;
  if found then
    perform private.keep_mentions(v_comment);
  else
    select comment.* into v_comment
    from public.comments as comment
    where comment.author_id = v_user_id
      and comment.client_id = create_comment.client_id
      and comment.target_id = create_comment.target_id;
  end if;
  return private.comment_row(v_comment.id);
end;
$$;

-- Security definer: clients hold no update right on comments, so that the window, the length and the mentions hold.
create or replace function private.edit_comment(comment_id uuid, body text)
returns public.comment_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_body text := nullif(btrim(edit_comment.body, E' \t\r\n'), '');
  v_comment public.comments;
begin
  -- Whoever names people, by a new comment or an old one, does so by one at a time.
  perform private.lock_own_profile();
  select comment.* into v_comment
  from public.comments as comment
  where comment.id = edit_comment.comment_id and comment.author_id = v_user_id and comment.deleted_at is null
  for no key update;
  if not found or not private.can_see_target(v_comment.target_kind, v_comment.target_id) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you may change.');
  end if;
  if v_comment.body = v_body then
    return private.comment_row(v_comment.id);
  end if;
  perform private.take_token('edit_comment');
  if v_comment.created_at < now() - make_interval(mins => private.setting('comment_edit_minutes')::int) then
    perform private.raise_error(409, 'edit_window_passed', 'A comment can be edited only for a while after it was made.');
  end if;
  if v_body is null then
    perform private.raise_error(422, 'body_missing', 'A comment needs a text.');
  end if;
  if char_length(v_body) > 1000 then
    perform private.raise_error(422, 'body_too_long', 'A comment has at most 1000 characters.');
  end if;
  update public.comments as comment
  set body = v_body, edited_at = now()
  where comment.id = v_comment.id
  returning comment.* into v_comment;
  perform private.keep_mentions(v_comment);
  return private.comment_row(v_comment.id);
end;
$$;

-- Security definer: clients hold no update right on comments.
create or replace function private.delete_comment(comment_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_comment public.comments;
begin
  select comment.* into v_comment
  from public.comments as comment
  where comment.id = delete_comment.comment_id and comment.author_id = v_user_id;
  if not found then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you may change.');
  end if;
  perform private.lock_target(v_comment.target_kind, v_comment.target_id);
  update public.comments as comment set deleted_at = now() where comment.id = v_comment.id and comment.deleted_at is null;
end;
$$;

-- Security definer: looks past the caller's rights for whose the thread is, and locks it.
create or replace function private.comment_to_judge(comment_id uuid, is_to_hide boolean)
returns public.comments
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_comment public.comments;
begin
  select comment.* into v_comment from public.comments as comment where comment.id = comment_to_judge.comment_id;
  -- An owner hides any, also what they do not see: who says something rude and blocks them then would be out of their reach.
  if not private.can_see_comment(comment_to_judge.comment_id)
    and not (
      comment_to_judge.is_to_hide
      and private.target_owner(v_comment.target_kind, v_comment.target_id) is not distinct from v_user_id
    )
  then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  if private.lock_target(v_comment.target_kind, v_comment.target_id) is distinct from v_user_id
    and not (comment_to_judge.is_to_hide and private.is_staff())
  then
    perform private.raise_error(403, 'not_the_owner', 'This is for the owner of what is talked about.');
  end if;
  select comment.* into v_comment
  from public.comments as comment
  where comment.id = comment_to_judge.comment_id and comment.deleted_at is null
  for no key update;
  if not found then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;
  return v_comment;
end;
$$;
comment on function private.comment_to_judge(uuid, boolean) is
'A comment, locked after its target, for the owner of the target or, to hide it, staff; else not_the_owner (403)';

-- Security definer: clients hold no update right on comments.
create or replace function private.set_comment_pinned(comment_id uuid, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_comment public.comments := private.comment_to_judge(set_comment_pinned.comment_id, false);
begin
  if set_comment_pinned.present and (v_comment.parent_id is not null or v_comment.hidden_by is not null) then
    perform private.raise_error(409, 'comment_not_pinnable', 'Only a comment that is no reply and not hidden can be pinned.');
  end if;
  update public.comments as comment
  set is_pinned = false
  where comment.target_id = v_comment.target_id
    and comment.target_kind = v_comment.target_kind
    and comment.is_pinned
    and (comment.id = v_comment.id) <> set_comment_pinned.present;
  update public.comments as comment
  set is_pinned = true
  where comment.id = v_comment.id and set_comment_pinned.present and not comment.is_pinned;
  return jsonb_build_object('is_pinned', set_comment_pinned.present);
end;
$$;

-- Security definer: as set_comment_pinned.
create or replace function private.set_comment_hidden(comment_id uuid, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_comment public.comments := private.comment_to_judge(set_comment_hidden.comment_id, true);
  v_judge text := case
    when private.target_owner(v_comment.target_kind, v_comment.target_id) is not distinct from auth.uid() then 'owner' else 'staff'
  end;
begin
  if v_judge = 'staff' or (v_comment.hidden_by = 'staff' and private.is_staff()) then
    perform private.require_not_own(v_comment.author_id);
  end if;
  if v_judge = 'staff' and set_comment_hidden.present then
    perform private.require_above(v_comment.author_id);
  end if;
  -- Staff hide over an owner, who else could show again what staff have judged.
  if (v_comment.hidden_by is not null) = set_comment_hidden.present
    and not (v_comment.hidden_by = 'owner' and v_judge = 'staff' and set_comment_hidden.present)
  then
    return jsonb_build_object('is_hidden', set_comment_hidden.present);
  end if;
  if not set_comment_hidden.present and v_comment.hidden_by = 'staff' and not private.is_staff() then
    perform private.raise_error(403, 'hidden_by_staff', 'What staff have hidden, only they show again.');
  end if;
  update public.comments as comment
  set hidden_by = case when set_comment_hidden.present then v_judge end, is_pinned = false
  where comment.id = v_comment.id;
  if v_judge = 'staff' then
    perform private.log_decision(
      case when set_comment_hidden.present then 'comment_hidden' else 'comment_shown' end, 'comment', v_comment.id, v_comment.author_id, null,
      jsonb_build_object('hidden_by', v_comment.hidden_by), jsonb_build_object('hidden_by', case when set_comment_hidden.present then v_judge end)
    );
  end if;
  return jsonb_build_object('is_hidden', set_comment_hidden.present);
end;
$$;

-- Security definer: reactions and their counts are nobody's to write directly.
create or replace function private.set_reaction(comment_id uuid, emoji text, present boolean)
returns jsonb
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_user_id uuid := private.acting_user('social');
  v_is_visible boolean;
begin
  if set_reaction.present is null then
    perform private.raise_error(422, 'value_missing', 'Say which value it shall have.');
  end if;
  if set_reaction.present then
    perform private.lock_own_profile();
  end if;
  -- The comment before its reactions, as whoever deletes it does.
  perform from public.comments as comment where comment.id = set_reaction.comment_id for no key update;
  v_is_visible := private.can_see_comment(set_reaction.comment_id);
  -- One's own reaction can be taken back from what one no longer sees.
  if not v_is_visible and (
    set_reaction.present
    or not exists (
      select from public.comment_reactions as reaction
      where reaction.comment_id = set_reaction.comment_id and reaction.user_id = v_user_id
    )
  ) then
    perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
  end if;

  if not set_reaction.present then
    delete from public.comment_reactions as reaction
    where reaction.comment_id = set_reaction.comment_id
      and reaction.user_id = v_user_id
      and reaction.emoji = set_reaction.emoji;
  elsif not exists (select from public.reaction_emoji as listed where listed.emoji = set_reaction.emoji) then
    perform private.raise_error(422, 'emoji_unknown', 'This emoji is none of reaction_emoji.');
  elsif not exists (
    select from public.comment_reactions as reaction
    where reaction.comment_id = set_reaction.comment_id
      and reaction.user_id = v_user_id
      and reaction.emoji = set_reaction.emoji
  ) then
    perform private.take_token('react');
    insert into public.comment_reactions (comment_id, user_id, emoji)
    values (set_reaction.comment_id, v_user_id, set_reaction.emoji);
  end if;

  return jsonb_build_object('present', set_reaction.present, 'count', (
    select coalesce((comment.reactions ->> set_reaction.emoji)::int, 0)
    from public.comments as comment
    where comment.id = set_reaction.comment_id and v_is_visible
  ));
end;
$$;
