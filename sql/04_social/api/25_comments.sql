create or replace function public.create_comment(target_kind text, target_id uuid, body text, parent_id uuid default null, position_ms int default null, client_id uuid default null)
returns public.comment_row
language sql
volatile
security invoker
begin atomic
  select private.create_comment(create_comment.target_kind, create_comment.target_id, create_comment.body, create_comment.parent_id, create_comment.position_ms, create_comment.client_id);
end;
comment on function public.create_comment(text, uuid, text, uuid, int, uuid) is
$$Say something about a post, a track or a crate, or answer a comment on it

body: at most 1000 characters; @username names people, the first 10 of whom are told, as far as they may see the comment. parent_id: the comment it answers;
below the fourth level an answer stands beside what it answers. position_ms: the moment of the track it is about. client_id: sent again, it returns the same comment. Errors:
not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403), owner_is_blocked (403), post_not_found, track_not_found, crate_not_found, comment_not_found (404),
target_kind_unknown, body_missing, body_too_long,
position_unfit (422), rate_limited (429).$$;

create or replace function public.edit_comment(comment_id uuid, body text)
returns public.comment_row
language sql
volatile
security invoker
begin atomic
  select private.edit_comment(edit_comment.comment_id, edit_comment.body);
end;
comment on function public.edit_comment(uuid, text) is
$$Change the text of one's own comment

Within 30 minutes (setting comment_edit_minutes); edited_at tells, and the mentions become those of the new text. Errors: not_signed_in (401), account_deactivated, banned, muted, feature_disabled (403),
comment_not_found (404), edit_window_passed (409), body_missing, body_too_long (422), rate_limited (429).$$;

create or replace function public.delete_comment(comment_id uuid)
returns void
language sql
volatile
security invoker
begin atomic
  select private.delete_comment(delete_comment.comment_id);
end;
comment on function public.delete_comment(uuid) is
$$Delete one's own comment

Text, mentions, reactions and likes go. While it has replies it is shown as a tombstone, without author and text. Repeating changes nothing.
Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), comment_not_found (404).$$;

create or replace function public.pin_comment(comment_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_comment_pinned(pin_comment.comment_id, true);
end;
comment on function public.pin_comment(uuid) is
$$Put one comment first on what is the caller's

It takes the place of the one that was pinned. Returns {is_pinned: true}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403),
not_the_owner (403), comment_not_found (404), comment_not_pinnable (409; a reply, or hidden).$$;

create or replace function public.unpin_comment(comment_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_comment_pinned(unpin_comment.comment_id, false);
end;
comment on function public.unpin_comment(uuid) is
$$No longer put a comment first

Returns {is_pinned: false}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403), not_the_owner (403), comment_not_found (404).$$;

create or replace function public.hide_comment(comment_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_comment_hidden(hide_comment.comment_id, true);
end;
comment on function public.hide_comment(uuid) is
$$Hide a comment on what is the caller's

With its replies, from all but its author, the owner and staff. The owner may hide any, also of somebody across a block. Staff may hide any but their own and those of staff of their role or a higher one, which is logged. Returns {is_hidden: true}; repeating
changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled, not_the_owner, own_case, not_allowed (403), comment_not_found (404).$$;

create or replace function public.unhide_comment(comment_id uuid)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_comment_hidden(unhide_comment.comment_id, false);
end;
comment on function public.unhide_comment(uuid) is
$$Show a hidden comment again

What staff have hidden, only they show, and nobody of them their own. Returns {is_hidden: false}; repeating changes nothing. Errors: not_signed_in (401), account_deactivated, banned, feature_disabled (403),
not_the_owner, hidden_by_staff, own_case, not_allowed (403), comment_not_found (404).$$;

create or replace function public.set_reaction(comment_id uuid, emoji text, present boolean)
returns jsonb
language sql
volatile
security invoker
begin atomic
  select private.set_reaction(set_reaction.comment_id, set_reaction.emoji, set_reaction.present);
end;
comment on function public.set_reaction(uuid, text, boolean) is
$$React to a comment with an emoji, or no longer

emoji: one of reaction_emoji, each once a person. Returns {present, count}; setting what is already so changes nothing. Errors:
not_signed_in (401), account_deactivated, banned, feature_disabled (403), comment_not_found (404), emoji_unknown, value_missing (422), rate_limited (429).$$;

create or replace function public.comments_on(target_kind text, target_id uuid, sort text default 'newest', after text default null, page_size int default null)
returns setof public.comment_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.target_kind, row.target_id, row.parent_id, row.depth, row.body, row.position_ms, row.author, row.mentions, row.like_count,
    row.liked_by_me, row.reactions, row.reply_count, row.replies, row.is_pinned, row.is_hidden, row.is_deleted, row.created_at, row.edited_at,
    row.cursor
  from private.comments_on(comments_on.target_kind, comments_on.target_id, comments_on.sort, comments_on.after, comments_on.page_size) as row;
end;
comment on function public.comments_on(text, uuid, text, text, int) is
$$What is said about a post, a track or a crate, each comment with its first three replies

sort: newest, oldest, top (most liked) or position (those about a moment of a track, in its order). The pinned comment comes first,
but by position. Anybody may ask who sees the thing; without those muted, blocked or hidden. Pages of top go by the likes at the time of
each page: a comment whose likes change between two pages may be met twice or not at all, every other one once. Errors:
post_not_found, track_not_found, crate_not_found (404), target_kind_unknown, sort_unknown, bad_cursor (422).$$;

create or replace function public.replies_to(comment_id uuid, after text default null, page_size int default null)
returns setof public.comment_row
language sql
stable
security invoker
begin atomic
  select
    row.id, row.target_kind, row.target_id, row.parent_id, row.depth, row.body, row.position_ms, row.author, row.mentions, row.like_count,
    row.liked_by_me, row.reactions, row.reply_count, row.replies, row.is_pinned, row.is_hidden, row.is_deleted, row.created_at, row.edited_at,
    row.cursor
  from private.replies_to(replies_to.comment_id, replies_to.after, replies_to.page_size) as row;
end;
comment on function public.replies_to(uuid, text, int) is
$$The direct replies to a comment, oldest first

Errors: comment_not_found (404), bad_cursor (422).$$;

create or replace function public.comment(comment_id uuid)
returns public.comment_row
language sql
stable
security invoker
begin atomic
  select private.comment(comment.comment_id);
end;
comment on function public.comment(uuid) is
$$One comment

Errors: comment_not_found (404).$$;

grant execute on function
  private.create_comment(text, uuid, text, uuid, int, uuid), public.create_comment(text, uuid, text, uuid, int, uuid),
  private.edit_comment(uuid, text), public.edit_comment(uuid, text),
  private.delete_comment(uuid), public.delete_comment(uuid),
  private.set_comment_pinned(uuid, boolean),
  public.pin_comment(uuid),
  public.unpin_comment(uuid),
  private.set_comment_hidden(uuid, boolean),
  public.hide_comment(uuid),
  public.unhide_comment(uuid),
  private.set_reaction(uuid, text, boolean), public.set_reaction(uuid, text, boolean)
to authenticated;

grant execute on function
  private.comments_on(text, uuid, text, text, int), public.comments_on(text, uuid, text, text, int),
  private.replies_to(uuid, text, int), public.replies_to(uuid, text, int),
  private.comment(uuid), public.comment(uuid)
to anon, authenticated;
