create or replace function public.create_post(
  kind text, body text default null, track_id uuid default null, crate_id uuid default null, media_paths text[] default '{}',
  visibility text default 'public', client_id uuid default null
)
returns public.posts
language sql
volatile
security invoker
begin atomic
  select private.create_post(
    create_post.kind, create_post.body, create_post.track_id, create_post.crate_id, create_post.media_paths, create_post.visibility,
    create_post.client_id
  );
end;
comment on function public.create_post(text, text, uuid, uuid, text[], text, uuid) is
$$Post something

kind: text (needs a body), media (1 to 4 media_paths, uploaded to bucket post-media before as <own id>/<uuid>.png, .jpg or
.webp), track (a track_id) or crate (a crate_id). body: at most 2000
characters. visibility: public, followers, mutuals or private. What is shared must be seen by those whom the post reaches: a track that is
not published, and a private crate, only in a private post; a followers' crate by its owner alone, for followers or mutuals. client_id: sent
again, it returns the same post. Returns the post. Errors:
not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), track_not_found, crate_not_found (404), track_not_published,
crate_not_for_audience (409), post_kind_unknown, visibility_unknown, body_missing, body_too_long, media_count_wrong, media_not_found,
shared_thing_unfit (422), rate_limited (429).$$;

create or replace function public.share_crate(crate_id uuid, body text default null, client_id uuid default null)
returns public.posts
language sql
volatile
security invoker
begin atomic
  select private.share_crate(share_crate.crate_id, share_crate.body, share_crate.client_id);
end;
comment on function public.share_crate(uuid, text, uuid) is
$$Post a crate to all who may see it

Public, or for followers when the crate is the caller's own and for followers. Returns the post. Errors: not_signed_in (401),
account_deactivated, banned, muted, feature_disabled (403), crate_not_found (404), crate_not_for_audience (409; a private crate, or a followers' crate of
somebody else), body_too_long (422), rate_limited (429).$$;

create or replace function public.edit_post(post_id uuid, body text)
returns public.posts
language sql
volatile
security invoker
begin atomic
  select private.edit_post(edit_post.post_id, edit_post.body);
end;
comment on function public.edit_post(uuid, text) is
$$Change the text of one's own post

Within 30 minutes (setting post_edit_minutes); edited_at tells. Returns the post. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
post_not_found (404), edit_window_passed (409), body_missing, body_too_long (422), rate_limited (429).$$;

create or replace function public.delete_post(post_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.delete_post(delete_post.post_id);
end;
comment on function public.delete_post(uuid) is
$$Delete one's own post

Body, media, likes, reposts and counts go; the row stays. Repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), post_not_found (404).$$;

create or replace function public.repost(post_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_repost(repost.post_id, true);
end;
comment on function public.repost(uuid) is
$$Pass a public post on to one's followers

Returns {reposted: true, repost_count}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), post_not_public (403),
post_not_found (404), rate_limited (429).$$;

create or replace function public.unrepost(post_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_repost(unrepost.post_id, false);
end;
comment on function public.unrepost(uuid) is
$$Take a repost back

Returns {reposted: false, repost_count}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), post_not_found (404).$$;

-- Without settings of its own it becomes part of the query that calls it.
create or replace function public.set_like(target_kind text, target_id uuid, liked boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_like(set_like.target_kind, set_like.target_id, set_like.liked);
end;
comment on function public.set_like(text, uuid, boolean) is
$$Like something, or no longer

target_kind: post, comment, track, crate, message or activity_event, of what one may see. Returns {liked, like_count}; setting what is already so changes
nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), post_not_found, comment_not_found, track_not_found,
crate_not_found, direct_message_not_found, activity_not_found (404), target_kind_unknown, value_missing (422), rate_limited (429; for taking back).$$;

create or replace function public.my_likes(kind text, after text default null, page_size int default null)
returns table (target_kind text, target_id uuid, liked_at timestamptz, target jsonb, cursor text)
language sql
stable
security invoker
begin atomic
  select favour.target_kind, favour.target_id, favour.liked_at, favour.target, favour.cursor
  from private.my_likes(my_likes.kind, my_likes.after, my_likes.page_size) as favour;
end;
comment on function public.my_likes(text, text, int) is
$$What the caller likes and still may see, newest like first

kind: post, comment, track, crate, message or activity_event. target: a feed_row, comment_row or message_row, each without its cursor, the
track or crate as posts show it, or {id, kind, actor, target_kind, target_id, target, event_count, like_count, created_at} of an event. Errors: not_signed_in (401), target_kind_unknown, bad_cursor (422).$$;
