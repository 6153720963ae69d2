-- Comments: everybody reads them by RPC, as far as they see what they are about; writing is by RPC.
--
--                                  anon     stranger   author   owner of target   moderator
--   comments              select    rpc      rpc        own      rpc               rpc
--   comment_mentions      select    rpc      rpc        those that name the reader, in comments they see
--   comment_reactions     select    rpc      own
--   reaction_emoji        select    yes      yes
--
-- A table's policy would have to ask the rule of each kind of target for each row: lists are asked for by RPC, which asks once a list.

grant select on public.comments to authenticated, service_role;
create policy select_own on public.comments
  for select to authenticated
  using (author_id = (select auth.uid()) and deleted_at is null);

grant execute on function private.my_mention_ids() to authenticated;

grant select on public.comment_mentions to authenticated, service_role;
create policy select_own on public.comment_mentions
  for select to authenticated
  using (profile_id = (select auth.uid()) and comment_id = any (array(select private.my_mention_ids())));

grant select on public.comment_reactions to authenticated, service_role;
create policy select_own on public.comment_reactions
  for select to authenticated
  using (user_id = (select auth.uid()));

grant select on public.reaction_emoji to anon, authenticated, service_role;
create policy select_all on public.reaction_emoji
  for select to anon, authenticated
  using (true);
