-- What can be liked, talked about and shared is named by its kind and id; each kind keeps its own rule of who sees it.
create or replace function private.can_see_target(target_kind text, target_id uuid)
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  case can_see_target.target_kind
    when 'post' then return private.can_see_post(can_see_target.target_id);
    when 'track' then return private.can_see_track(can_see_target.target_id);
    when 'crate' then return private.can_see_crate(can_see_target.target_id);
    when 'comment' then return private.can_see_comment(can_see_target.target_id);
    when 'message' then return private.can_see_message(can_see_target.target_id);
    when 'activity_event' then return private.can_see_activity_event(can_see_target.target_id);
    else return false;
  end case;
end;
$$;
comment on function private.can_see_target(text, uuid) is 'Whether the caller may see one thing, whatever its kind';

create or replace function private.sees_target(target_kind text, target_id uuid, reader_id uuid, blocked_ids uuid[])
returns boolean
language plpgsql
stable
security invoker
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
  case sees_target.target_kind
    when 'post' then
      return exists (
        select
        from private.posts_for(sees_target.reader_id, sees_target.blocked_ids) as post
        where post.id = sees_target.target_id and (post.is_visible or (post.deleted_at is null and (select private.is_staff())))
      );
    when 'track' then
      return exists (
        select
        from private.tracks_for(sees_target.reader_id, sees_target.blocked_ids) as track
        where track.id = sees_target.target_id and (track.is_visible or (select private.is_staff()))
      );
    when 'crate' then
      return exists (
        select
        from private.crates_for(sees_target.reader_id, sees_target.blocked_ids) as crate
        where crate.id = sees_target.target_id and (crate.is_visible or (crate.deleted_at is null and (select private.is_staff())))
      );
    else
      return false;
  end case;
end;
$$;
comment on function private.sees_target(text, uuid, uuid, uuid[]) is
'can_see_target for the caller, who has been found already, of what can be talked about: a post, a track or a crate';

create or replace function private.require_target(target_kind text, target_id uuid)
returns void
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  if not private.can_see_target(require_target.target_kind, require_target.target_id) then
    perform private.refuse_target(require_target.target_kind);
  end if;
end;
$$;
comment on function private.require_target(text, uuid) is 'Refuse, by the token of its kind (404), what the caller may not see';

create or replace function private.refuse_target(target_kind text)
returns void
language plpgsql
immutable
security invoker
set search_path = ''
as $$
begin
  case refuse_target.target_kind
    when 'track' then
      perform private.raise_error(404, 'track_not_found', 'There is no track of this id that you can see.');
    when 'crate' then
      perform private.raise_error(404, 'crate_not_found', 'There is no crate of this id that you can see.');
    when 'comment' then
      perform private.raise_error(404, 'comment_not_found', 'There is no comment of this id that you can see.');
    when 'message' then
      perform private.raise_error(404, 'direct_message_not_found', 'There is no message of this id that you can see.');
    when 'activity_event' then
      perform private.raise_error(404, 'activity_not_found', 'There is no activity of this id that you can see.');
    else
      perform private.raise_error(404, 'post_not_found', 'There is no post of this id that you can see.');
  end case;
end;
$$;
comment on function private.refuse_target(text) is 'Say that there is no such thing, by the token of its kind (404)';

create or replace function private.target_owner(target_kind text, target_id uuid)
returns uuid
language plpgsql
stable
security invoker
set search_path = ''
as $$
begin
  case target_owner.target_kind
    when 'track' then return (select track.artist_id from public.tracks as track where track.id = target_owner.target_id);
    when 'crate' then return (select crate.owner_id from public.crates as crate where crate.id = target_owner.target_id);
    else return (select post.author_id from public.posts as post where post.id = target_owner.target_id);
  end case;
end;
$$;
comment on function private.target_owner(text, uuid) is 'Whose a post, a track or a crate is; null when nobody''s';

create or replace function private.lock_target(target_kind text, target_id uuid)
returns uuid
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  case lock_target.target_kind
    when 'track' then perform from public.tracks as track where track.id = lock_target.target_id for no key update;
    when 'crate' then perform from public.crates as crate where crate.id = lock_target.target_id for no key update;
    else perform from public.posts as post where post.id = lock_target.target_id for no key update;
  end case;
  return private.target_owner(lock_target.target_kind, lock_target.target_id);
end;
$$;
comment on function private.lock_target(text, uuid) is
'Lock what is talked about, and say whose it is: whoever makes, deletes, pins or hides a comment begins here, so that a thread changes by one at a time';

create or replace function private.sees(profile_id uuid, target_kind text, target_id uuid)
returns boolean
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_caller text := coalesce(current_setting('request.jwt.claim.sub', true), '');
  v_sees boolean;
begin
  perform set_config('request.jwt.claim.sub', sees.profile_id::text, true);
  v_sees := private.can_see_told(sees.target_kind, sees.target_id);
  perform set_config('request.jwt.claim.sub', v_caller, true);
  return v_sees;
end;
$$;
comment on function private.sees(uuid, text, uuid) is
'Whether somebody else may see a thing: the rules know one reader, the caller, so they are asked in that person''s name, for a moment';

create or replace function private.mentioned_names(body text)
returns setof text
language sql
immutable
security invoker
set search_path = ''
as $$
  select named.username
  from (
    select lower(found.parts[1]) as username, min(found.place) as place
    from regexp_matches(mentioned_names.body, '(?:^|[^[:alnum:]_@.])@([A-Za-z0-9_]{3,30})(?![[:alnum:]_])', 'g')
      with ordinality as found (parts, place)
    group by lower(found.parts[1])
  ) as named
  order by named.place
$$;
comment on function private.mentioned_names(text) is 'The usernames a text names with @, in lower case, each once, in their order';

create or replace function private.people_named(author_id uuid, body text)
returns setof public.profiles
language sql
stable
security invoker
set search_path = ''
as $$
  select person.*
  from private.mentioned_names(people_named.body) with ordinality as named (username, place)
  join public.profiles as person on person.username = named.username
  where person.id <> people_named.author_id
    and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = person.id)
    and not private.is_blocked(person.id, people_named.author_id)
  order by named.place
  limit private.setting('comment_mention_limit')
$$;
comment on function private.people_named(uuid, text) is 'Whom a text mentions: the first comment_mention_limit people it names whom its author can see';

create or replace function private.keep_mentions(comment public.comments)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
declare
  v_found public.profiles[] := array(
    select person
    from private.people_named(keep_mentions.comment.author_id, keep_mentions.comment.body) as person
    where private.stays(person.id)
  );
begin
  if keep_mentions.comment.edited_at is not null then
    perform private.lock_told_of_comment(keep_mentions.comment);
  end if;
  delete from public.comment_mentions as mention
  where mention.comment_id = keep_mentions.comment.id
    and mention.profile_id not in (select person.id from unnest(v_found) as person);
  insert into public.comment_mentions (comment_id, profile_id, username)
  select keep_mentions.comment.id, person.id, person.username
  from unnest(v_found) as person
  order by person.id
  -- Who is still named may be so by another name.
  on conflict on constraint comment_mentions_pkey do update
    set username = excluded.username
    where comment_mentions.username <> excluded.username;
end;
$$;
comment on function private.keep_mentions(public.comments) is
$$Make the mentions of a comment those of its text: at most comment_mention_limit people whom its author can see

Whether they may see the comment is asked where they are told, or read of it: a mention must not tell its author who is whose follower, who has
blocked whom and who is staff.$$;

create or replace function private.count_comments(target_kind text, target_id uuid, step int)
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  case count_comments.target_kind
    when 'track' then
      update public.tracks as track
      set comment_count = track.comment_count + count_comments.step
      where track.id = count_comments.target_id;
    when 'crate' then
      update public.crates as crate
      set comment_count = crate.comment_count + count_comments.step
      where crate.id = count_comments.target_id;
    else
      update public.posts as post
      set comment_count = post.comment_count + count_comments.step
      where post.id = count_comments.target_id;
  end case;
end;
$$;

create or replace function private.tg_comments__bury()
returns trigger
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  if new.author_id is null then
    new.deleted_at := coalesce(new.deleted_at, now());
    new.client_id := null;
  end if;
  if new.deleted_at is not null then
    new.body := null;
    new.position_ms := null;
    new.edited_at := null;
    new.reactions := '{}';
    new.is_pinned := false;
  end if;
  return new;
end;
$$;
comment on function private.tg_comments__bury() is 'A comment without an author is deleted, and a deleted comment holds nothing';
create trigger _200_bury
  before update of author_id, deleted_at on public.comments
  for each row execute function private.tg_comments__bury();

-- Security definer: counters are nobody's to write. A comment is listed while it stands or has listed replies; one that begins or ceases to be
-- listed is counted by its parent, which may thereby cease itself.
create or replace function private.tg_comments__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_stood boolean := tg_op = 'UPDATE' and old.deleted_at is null;
  v_stands boolean := new.deleted_at is null;
  v_was_listed boolean := v_stood or (tg_op = 'UPDATE' and old.reply_count > 0);
  v_is_listed boolean := v_stands or new.reply_count > 0;
begin
  if v_stands <> v_stood then
    perform private.count_comments(new.target_kind, new.target_id, v_stands::int - v_stood::int);
  end if;
  if v_is_listed <> v_was_listed and new.parent_id is not null then
    update public.comments as parent
    set reply_count = parent.reply_count + (v_is_listed::int - v_was_listed::int)
    where parent.id = new.parent_id;
  end if;
  if v_stood and not v_stands then
    perform private.lock_told_of_comment(old);
    delete from public.comment_reactions as reaction where reaction.comment_id = new.id;
    delete from public.comment_mentions as mention where mention.comment_id = new.id;
    perform private.forget_likes('comment', array[new.id]);
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or update of author_id, deleted_at, reply_count on public.comments
  for each row execute function private.tg_comments__count();

-- Security definer: as tg_comments__count. Comments go for good only with what they are about, all at once.
create or replace function private.tg_comments__forget()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_target record;
begin
  perform private.forget_likes('comment', array(select comment.id from gone as comment));
  for v_target in
    select comment.target_kind, comment.target_id, count(*)::int as number
    from gone as comment
    where comment.deleted_at is null
    group by comment.target_kind, comment.target_id
  loop
    perform private.count_comments(v_target.target_kind, v_target.target_id, -v_target.number);
  end loop;
  return null;
end;
$$;
create trigger _500_forget
  after delete on public.comments
  referencing old table as gone
  for each statement execute function private.tg_comments__forget();

create or replace function private.forget_likes(target_kind text, target_ids uuid[])
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.likes as favour
  where (favour.user_id, favour.target_kind, favour.target_id) in (
    select gone.user_id, gone.target_kind, gone.target_id
    from public.likes as gone
    where gone.target_id = any (forget_likes.target_ids) and gone.target_kind = forget_likes.target_kind
    for update skip locked
  )
$$;
comment on function private.forget_likes(text, uuid[]) is
'Remove the likes of what is deleted; those that their owners are just taking back are skipped, and theirs find it gone';

create or replace function private.forget_comments(target_kind text, target_id uuid)
returns void
language sql
volatile
security invoker
set search_path = ''
as $$
  delete from public.comments as comment
  where comment.target_id = forget_comments.target_id and comment.target_kind = forget_comments.target_kind
$$;
comment on function private.forget_comments(text, uuid) is
'Remove all that was said about what is deleted, with mentions, reactions and likes; whoever calls holds the lock of the target';

-- Security definer: the counts on the comment are nobody's to write.
create or replace function private.tg_comment_reactions__count()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    update public.comments as comment
    set reactions = comment.reactions
      || jsonb_build_object(new.emoji, coalesce((comment.reactions ->> new.emoji)::int, 0) + 1)
    where comment.id = new.comment_id;
  else
    update public.comments as comment
    set reactions = case
      when (comment.reactions ->> old.emoji)::int > 1
        then comment.reactions || jsonb_build_object(old.emoji, (comment.reactions ->> old.emoji)::int - 1)
      else comment.reactions - old.emoji
    end
    where comment.id = old.comment_id and comment.deleted_at is null;
  end if;
  return null;
end;
$$;
create trigger _500_count
  after insert or delete on public.comment_reactions
  for each row execute function private.tg_comment_reactions__count();

-- Security definer: what hangs on a track, a crate or a message is nobody's to remove.
create or replace function private.tg__forget_talk()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform private.forget_likes(tg_argv[0], array[old.id]);
  perform private.forget_comments(tg_argv[0], old.id);
  return null;
end;
$$;
comment on function private.tg__forget_talk() is 'Likes and comments go with a track, a crate or a message, named by the argument';
create trigger _550_forget_talk
  after delete on public.tracks
  for each row execute function private.tg__forget_talk('track');
create trigger _550_forget_talk
  after delete on public.crates
  for each row execute function private.tg__forget_talk('crate');
create trigger _550_forget_talk
  after delete on public.direct_messages
  for each row execute function private.tg__forget_talk('message');
-- Not of deleted_at alone: erasure takes the sender, and a trigger before this one deletes the message for it.
create trigger _560_forget_talk
  after update on public.direct_messages
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg__forget_talk('message');
create trigger _560_forget_talk
  after update of deleted_at on public.crates
  for each row
  when (old.deleted_at is null and new.deleted_at is not null)
  execute function private.tg__forget_talk('crate');

create or replace function private.tied_comments(user_ids uuid[])
returns table (comment_id uuid, target_kind text, target_id uuid)
language sql
stable
security invoker
set search_path = ''
as $$
  with recursive tied as (
    select comment.id, comment.target_kind, comment.target_id, comment.parent_id
    from public.comments as comment
    where comment.author_id = any (tied_comments.user_ids)
      or comment.id in (
        select favour.target_id from public.likes as favour
        where favour.user_id = any (tied_comments.user_ids) and favour.target_kind = 'comment'
      )
      or comment.id in (select reaction.comment_id from public.comment_reactions as reaction where reaction.user_id = any (tied_comments.user_ids))
      or comment.id in (select mention.comment_id from public.comment_mentions as mention where mention.profile_id = any (tied_comments.user_ids))
      or comment.target_id in (
        select post.id from public.posts as post where post.author_id = any (tied_comments.user_ids)
        union all
        select track.id from public.tracks as track where track.artist_id = any (tied_comments.user_ids)
        union all
        select crate.id from public.crates as crate where crate.owner_id = any (tied_comments.user_ids)
      )
    union
    select parent.id, parent.target_kind, parent.target_id, parent.parent_id
    from tied
    join public.comments as parent on parent.id = tied.parent_id
  )
  select tied.id, tied.target_kind, tied.target_id from tied
$$;
comment on function private.tied_comments(uuid[]) is
'The comments that an erasure touches: people''s own and all they answer, those they like, react to or are named in, and those about what is theirs';

create or replace function private.tied_targets(user_ids uuid[], kind text)
returns setof uuid
language sql
stable
security invoker
set search_path = ''
as $$
  select favour.target_id from public.likes as favour where favour.user_id = any (tied_targets.user_ids) and favour.target_kind = tied_targets.kind
  union
  select tied.target_id from private.tied_comments(tied_targets.user_ids) as tied where tied.target_kind = tied_targets.kind
$$;
comment on function private.tied_targets(uuid[], text) is 'The things of a kind whose counters move when these people are erased: what they like, and what tied comments are about';

create or replace function private.lock_comment_ties(user_ids uuid[])
returns void
language plpgsql
volatile
security invoker
set search_path = ''
as $$
begin
  perform
  from public.comments as comment
  where comment.id in (select tied.comment_id from private.tied_comments(lock_comment_ties.user_ids) as tied)
  order by comment.id
  for no key update;
end;
$$;
comment on function private.lock_comment_ties(uuid[]) is
'Before accounts are erased: lock the comments that touches; what they are about is locked before (lock_social_ties, lock_catalogue_ties)';

-- Security definer: as tg_comments__count. What others say of somebody stays theirs, without the name of an account that is erased: it may
-- be somebody else's one day. Edits take mentions away too, but from a text that does not hold the name any more.
create or replace function private.tg_comment_mentions__unname()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  if not exists (select from public.profiles as profile where profile.id = old.profile_id)
    or exists (select from private.account_deletions as deletion where deletion.user_id = old.profile_id and deletion.erase_after <= now())
  then
    update public.comments as comment
    set body = regexp_replace(comment.body, '@' || old.username || '(?![[:alnum:]_])', '@…', 'gi')
    where comment.id = old.comment_id and comment.body is not null;
  end if;
  return null;
end;
$$;
create trigger _500_unname
  after delete on public.comment_mentions
  for each row execute function private.tg_comment_mentions__unname();
