create or replace function public.home_feed(after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.home_feed(home_feed.after, home_feed.page_size) as row;
end;
comment on function public.home_feed(text, int) is
$$The newest of those the caller follows, and their own

Posts and reposts, newest activity first, each post once: at the earliest of its entries by people the caller follows. Without what is
muted, blocked, hidden, deleted or for another audience, and without who is banned. page_size: 20, at most 100. Errors: not_signed_in (401), bad_cursor (422).$$;

create or replace function public.global_feed(after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.global_feed(global_feed.after, global_feed.page_size) as row;
end;
comment on function public.global_feed(text, int) is
$$The newest public posts

Anybody may ask; without those muted, blocked or banned. Errors: bad_cursor (422).$$;

create or replace function public.profile_feed(username text, after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.profile_feed(profile_feed.username, profile_feed.after, profile_feed.page_size) as row;
end;
comment on function public.profile_feed(text, text, int) is
$$What one person posted and reposted, newest first

As far as the caller may see it. Errors: profile_not_found (404), bad_cursor (422).$$;

create or replace function public.tag_feed(tag text, after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.tag_feed(tag_feed.tag, tag_feed.after, tag_feed.page_size) as row;
end;
comment on function public.tag_feed(text, text, int) is
$$The newest public posts with a hashtag

tag: with or without #, in any case. Errors: tag_invalid, bad_cursor (422).$$;

create or replace function public.crate_posts(crate_id uuid, after text default null, page_size int default null)
returns setof public.feed_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.kind, row.body, row.media_paths, row.track, row.crate, row.visibility, row.author, row.like_count, row.comment_count,
    row.repost_count, row.liked_by_me, row.reposted_by_me, row.reason, row.reposted_by, row.reposters_count, row.created_at, row.edited_at, row.cursor
  from private.crate_posts(crate_posts.crate_id, crate_posts.after, crate_posts.page_size) as row;
end;
comment on function public.crate_posts(uuid, text, int) is
$$The newest posts that share a crate

As far as the caller may see them. Errors: crate_not_found (404), bad_cursor (422).$$;

create or replace function public.post(post_id uuid)
returns public.feed_row
language sql
stable
security invoker
begin atomic
  select private.post(post.post_id);
end;
comment on function public.post(uuid) is
$$One post

Errors: post_not_found (404).$$;

grant execute on function
  private.follow(text), public.follow(text),
  private.unfollow(text), public.unfollow(text),
  private.decide_follow_request(text, boolean), public.decide_follow_request(text, boolean),
  private.remove_follower(text), public.remove_follower(text),
  private.my_follow_requests(text, int), public.my_follow_requests(text, int),
  private.create_post(text, text, uuid, uuid, text[], text, uuid), public.create_post(text, text, uuid, uuid, text[], text, uuid),
  private.share_crate(uuid, text, uuid), public.share_crate(uuid, text, uuid),
  private.edit_post(uuid, text), public.edit_post(uuid, text),
  private.delete_post(uuid), public.delete_post(uuid),
  private.set_repost(uuid, boolean),
  public.repost(uuid),
  public.unrepost(uuid),
  private.set_like(text, uuid, boolean), public.set_like(text, uuid, boolean),
  private.my_likes(text, text, int), public.my_likes(text, text, int),
  private.home_feed(text, int), public.home_feed(text, int)
to authenticated;

grant execute on function
  private.list_follows(text, text, text, int),
  public.followers(text, text, int),
  public.following(text, text, int),
  public.mutuals(text, text, int),
  private.global_feed(text, int), public.global_feed(text, int),
  private.profile_feed(text, text, int), public.profile_feed(text, text, int),
  private.tag_feed(text, text, int), public.tag_feed(text, text, int),
  private.crate_posts(uuid, text, int), public.crate_posts(uuid, text, int),
  private.post(uuid), public.post(uuid)
to anon, authenticated;
