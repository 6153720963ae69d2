-- A small community for development, the same under `make up` and `supabase start`: never run it on a live project.
-- Everybody's password is backbeat-demo-1. What they do goes through the RPCs, as their clients would.

update public.feature_flags set is_enabled = true;
-- Nothing here looks at uploads before they are published.
update private.settings set value = 1 where name = 'publish_without_detection';

do $seed$
declare
  v_person record;
  v_has_instances boolean := exists (
    select from information_schema.columns
    where table_schema = 'auth' and table_name = 'users' and column_name = 'instance_id'
  );
begin
  for v_person in
    select
      person.*,
      person.username || '@example.com' as email,
      md5('backbeat seed ' || person.username)::uuid as id
    from (values
      ('ada', 'Ada Amp', 'artist', 'Europe/Berlin'),
      ('ben', 'Ben Basso', 'fan', 'America/New_York'),
      ('cleo', 'Cleo Cue', 'artist', 'Asia/Tokyo'),
      ('dev', 'Dev Delay', 'fan', 'Asia/Kolkata'),
      ('esi', 'Esi Echo', 'fan', 'Africa/Accra'),
      ('flo', 'Flo Fader', 'fan', 'America/Sao_Paulo'),
      ('gus', 'Gus Groove', 'artist', 'Europe/London'),
      ('hana', 'Hana Hook', 'fan', 'UTC')
    ) as person (username, display_name, kind, time_zone)
  loop
    insert into auth.users (
      id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data,
      confirmation_token, recovery_token, email_change, email_change_token_new, created_at, updated_at
    ) values (
      v_person.id, 'authenticated', 'authenticated', v_person.email,
      '$2b$10$cWENPmn58zGu.5xoG1pBquiSUd7ggX4LqxklA69VFQD3KIrCxH.uC', now(),
      '{"provider": "email", "providers": ["email"]}',
      jsonb_build_object(
        'username', v_person.username, 'display_name', v_person.display_name,
        'kind', v_person.kind, 'time_zone', v_person.time_zone
      ),
      '', '', '', '', now(), now()
    );
    if v_has_instances then
      execute 'update auth.users set instance_id = ''00000000-0000-0000-0000-000000000000'' where id = $1' using v_person.id;
    end if;
    insert into auth.identities (id, user_id, provider, provider_id, identity_data, last_sign_in_at, created_at, updated_at)
    values (
      gen_random_uuid(), v_person.id, 'email', v_person.id::text,
      jsonb_build_object('sub', v_person.id, 'email', v_person.email, 'email_verified', true), now(), now(), now()
    );
  end loop;
end;
$seed$;

select private.make_first_super_admin('hana');

do $seed$
declare
  v_step record;
  v_post_id uuid;
begin
  for v_step in
    select step.*
    from (values
      (1, 'ben', 'follow', 'ada', null),
      (2, 'ben', 'follow', 'cleo', null),
      (3, 'dev', 'follow', 'ada', null),
      (4, 'dev', 'follow', 'ben', null),
      (5, 'esi', 'follow', 'gus', null),
      (6, 'esi', 'follow', 'ben', null),
      (7, 'flo', 'follow', 'cleo', null),
      (8, 'flo', 'follow', 'ada', null),
      (9, 'ada', 'follow', 'cleo', null),
      (10, 'cleo', 'follow', 'ada', null),
      (11, 'hana', 'follow', 'ada', null),
      (12, 'hana', 'follow', 'gus', null),
      (20, 'ada', 'post', 'First mix of the autumn is nearly done. #ambient #workinprogress', 'public'),
      (21, 'cleo', 'post', 'Digging through my father''s #jazz records tonight.', 'public'),
      (22, 'gus', 'post', 'Which two tracks should never be played one after the other?', 'public'),
      (23, 'ada', 'post', 'For those who follow me: the listening session is on Friday at nine.', 'followers'),
      (24, 'ada', 'post', 'Cleo, the stems are in our folder.', 'mutuals'),
      (25, 'ben', 'post', 'That bass line has been in my head since Tuesday. #dub', 'public'),
      (26, 'cleo', 'post', 'A crate for rainy mornings, soon. #jazz #downtempo', 'public'),
      (27, 'esi', 'post', 'My first week with a record player!', 'public'),
      (30, 'ben', 'repost', 'cleo', null),
      (31, 'esi', 'repost', 'gus', null),
      (40, 'ben', 'like', 'ada', null),
      (41, 'dev', 'like', 'ada', null),
      (42, 'flo', 'like', 'cleo', null),
      (43, 'ada', 'like', 'cleo', null),
      (44, 'hana', 'like', 'gus', null)
    ) as step (place, who, deed, what, audience)
    order by step.place
  loop
    perform set_config(
      'request.jwt.claims',
      jsonb_build_object('sub', md5('backbeat seed ' || v_step.who)::uuid, 'role', 'authenticated')::text,
      true
    );
    if v_step.deed = 'follow' then
      perform public.follow(v_step.what);
    elsif v_step.deed = 'post' then
      perform public.create_post('text', v_step.what, visibility => v_step.audience);
    else
      -- The newest public post of the person named.
      select post.id into v_post_id
      from public.posts as post
      join public.profiles as author on author.id = post.author_id
      where author.username = v_step.what and post.audience = 'public'
      order by post.id desc
      limit 1;
      if v_step.deed = 'repost' then
        perform public.repost(v_post_id);
      else
        perform public.set_like('post', v_post_id, true);
      end if;
    end if;
  end loop;
end;
$seed$;

do $seed$
declare
  v_song record;
  v_crate record;
  v_crate_id uuid;
  v_track_ids uuid[] := '{}';
  v_place int;
begin
  for v_song in
    select song.*
    from (values
      (1, 'Harbour at Four', 'The Slow Ferries', 214000),
      (2, 'Paper Lanterns', 'Mina Okabe Trio', 187000),
      (3, 'Undertow', 'Basso Continuo', 301000),
      (4, 'Second Window', 'Lowlight', 243000),
      (5, 'Nine Small Bells', 'The Slow Ferries', 199000),
      (6, 'Copper Wire', 'Dub Cartographers', 276000),
      (7, 'Letter to Accra', 'Kofi & the Tapes', 222000),
      (8, 'Last Tram', 'Lowlight', 268000)
    ) as song (number, title, artist, duration_ms)
    order by song.number
  loop
    perform set_config(
      'request.jwt.claims', jsonb_build_object('sub', md5('backbeat seed cleo')::uuid, 'role', 'authenticated')::text, true
    );
    v_track_ids := v_track_ids || (
      public.resolve_track('deezer', (900000000 + v_song.number)::text, v_song.title, v_song.artist, v_song.duration_ms)
    ).id;
  end loop;

  for v_crate in
    select crate.*
    from (values
      (1, 'cleo', 'Rainy mornings', 'For when the kettle is on.', 'jazz', 'calm', 'public', '{2,5,1,4}'::int[], '{ben,flo,ada}'::text[]),
      (2, 'ben', 'Below eighty hertz', null, 'dub', 'heavy', 'public', '{3,6}'::int[], '{dev,esi}'::text[]),
      (3, 'gus', 'Never one after the other', 'The answers to my question.', 'house', null, 'followers', '{8,7,3}'::int[], '{esi}'::text[]),
      (4, 'ada', 'References', 'What the autumn mix should sound like.', 'ambient', null, 'private', '{1,4,8}'::int[], '{}'::text[])
    ) as crate (place, owner, title, description, genre, mood, visibility, songs, listeners)
    order by crate.place
  loop
    perform set_config(
      'request.jwt.claims',
      jsonb_build_object('sub', md5('backbeat seed ' || v_crate.owner)::uuid, 'role', 'authenticated')::text,
      true
    );
    v_crate_id := (
      public.create_crate(v_crate.title, v_crate.description, v_crate.genre, v_crate.mood, '{}', v_crate.visibility)
    ).id;
    foreach v_place in array v_crate.songs loop
      perform public.add_to_crate(v_crate_id, v_track_ids[v_place]);
    end loop;
    if v_crate.owner = 'ada' then
      perform public.set_crate_collaborator(v_crate_id, 'cleo', 'editor');
    end if;
    for v_place in 1 .. cardinality(v_crate.listeners) loop
      perform set_config(
        'request.jwt.claims',
        jsonb_build_object('sub', md5('backbeat seed ' || v_crate.listeners[v_place])::uuid, 'role', 'authenticated')::text,
        true
      );
      perform public.record_crate_play(v_crate_id);
      perform public.record_play(v_track_ids[v_crate.songs[1]], 60000, gen_random_uuid(), 'crate');
    end loop;
    if v_crate.owner = 'cleo' then
      perform set_config(
        'request.jwt.claims', jsonb_build_object('sub', md5('backbeat seed hana')::uuid, 'role', 'authenticated')::text, true
      );
      perform public.feature_crate(v_crate_id, true);
    end if;
  end loop;
  perform backend.refresh_trending(null, 1000);
end;
$seed$;
