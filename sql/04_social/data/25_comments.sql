insert into private.settings (name, value, minimum, maximum, unit, description) values
  ('comment_edit_minutes', 30, 0, 1000000, 'minutes', 'How long a comment can be edited'),
  ('comment_mention_limit', 10, 0, 100, 'people', 'How many of those a comment names are mentioned'),
  ('comment_replies_shown', 3, 0, 20, 'rows', 'How many replies comments_on shows below each comment');

insert into private.rate_limit_rules (action, capacity, refill_seconds, description) values
  ('create_comment', 15, 4, 'Commenting'),
  ('edit_comment', 20, 6, 'Editing comments'),
  ('mention', 5, 720, 'Telling one and the same person that somebody has mentioned them; what is beyond is said, and not told'),
  ('react', 60, 1, 'Reacting to comments');

insert into private.data_map (table_name, person_column, is_exported, on_erasure, cleared_columns, erase_order, reason) values
  ('public.comment_reactions', 'user_id', true, 'delete', '{}', 205, 'The person''s own'),
  ('public.comment_mentions', 'profile_id', true, 'delete', '{}', 205, 'Pointless without the person'),
  (
    'public.comments', 'author_id', true, 'anonymise', '{author_id,body,client_id}', 215,
    'The text goes; an empty row stays where others have replied'
  );

insert into public.reaction_emoji (emoji, place)
select emoji, place
from unnest(array[
  '❤️', '🔥', '👏', '😂', '😍', '🙌', '💯', '👍', '😮', '😢',
  '🎉', '🎶', '🎧', '🎤', '🎸', '🥁', '🎹', '🎷', '🎺', '🎻',
  '🎵', '🎚️', '🔊', '💿', '📻', '🕺', '💃', '🪩', '✨', '⭐',
  '🚀', '⚡', '🌊', '💎', '👑', '🤘', '🙏', '🥹', '🤯', '👀'
]) with ordinality as listed (emoji, place);
