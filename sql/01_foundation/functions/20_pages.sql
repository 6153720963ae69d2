-- In this form, and without search_path, it becomes part of the query that asks, as private.settings is small and a call of page_size costs as
-- much as several rows.
create or replace function private.page(requested int)
returns table (size int)
language sql
stable
security invoker
begin atomic
  -- One setting is asked for, as each costs every list.
  select case when page.requested is null then setting.value else least(greatest(page.requested, 1), setting.value) end
  from private.settings as setting
  where setting.name = case when page.requested is null then 'page_size_default' else 'page_size_limit' end;
end;
comment on function private.page(int) is 'page_size for definer functions, in the query that finds the reader';

-- Security definer: private.settings is readable by nobody.
create or replace function private.page_size(requested int)
returns int
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (select page.size from private.page(page_size.requested) as page);
end;
$$;
comment on function private.page_size(int) is 'Rows of a page: the default when null, at least 1, at most the limit';

-- In this form, and without search_path, it becomes part of the query that asks, and is worked out for the rows that are given out.
create or replace function private.encode_cursor(list text, place text)
returns text
language sql
stable
security invoker
parallel safe
begin atomic
  select encode(
    int8send(hashtextextended(encode_cursor.list || '|' || encode_cursor.place, 3)) || convert_to(encode_cursor.place, 'UTF8'), 'hex'
  );
end;
comment on function private.encode_cursor(text, text) is
$$An opaque cursor: a place in one list

Hex of an eight-byte hash of the list's name and the place, with the version 3 as its seed, and of the place. The hash is not a secret: a
cursor holds nothing but a place in a list the caller may read; it is there so that a damaged or foreign cursor is refused and never read
as another place. A digest of the cryptographic kind costs three times as much for each row.$$;

create or replace function private.encode_cursors(list text, places text[])
returns text[]
language plpgsql
stable
security invoker
parallel safe
set search_path = ''
as $$
begin
  return array(
    select private.encode_cursor(encode_cursors.list, at.place)
    from unnest(encode_cursors.places) with ordinality as at (place, number)
    order by at.number
  );
end;
$$;
comment on function private.encode_cursors(text, text[]) is 'encode_cursor for all rows of a page in one call';

create or replace function private.decode_cursor(list text, cursor text)
returns text
language plpgsql
immutable
security invoker
parallel safe
set search_path = ''
as $$
declare
  v_bytes bytea;
  v_place text;
begin
  if decode_cursor.cursor is null then
    return null;
  end if;

  begin
    if length(decode_cursor.cursor) > 2000 or length(decode_cursor.cursor) % 2 = 1 or decode_cursor.cursor !~ '^[0-9a-f]+$' then
      raise exception using errcode = 'data_exception';
    end if;
    v_bytes := decode(decode_cursor.cursor, 'hex');
    v_place := convert_from(substring(v_bytes from 9), 'UTF8');
    if length(v_bytes) < 8
      or substring(v_bytes from 1 for 8) <> int8send(hashtextextended(decode_cursor.list || '|' || v_place, 3))
    then
      raise exception using errcode = 'data_exception';
    end if;
  exception when data_exception or character_not_in_repertoire or untranslatable_character then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end;

  return v_place;
end;
$$;
comment on function private.decode_cursor(text, text) is 'The place a cursor of this list stands for; null for null; bad_cursor (422) for anything else';

create or replace function private.decode_place(list text, cursor text, types text[])
returns text[]
language plpgsql
immutable
security invoker
parallel safe
set search_path = ''
as $$
declare
  v_count constant int := cardinality(decode_place.types);
  v_text text;
  v_json jsonb;
  v_place text[];
  v_is_fit boolean := true;
begin
  if decode_place.cursor is null then
    return null;
  end if;
  v_text := private.decode_cursor(decode_place.list, decode_place.cursor);
  -- Part by part, without a query: it is asked for each page but the first.
  if v_count = 1 then
    v_place := array[v_text];
  elsif pg_input_is_valid(v_text, 'jsonb') then
    v_json := v_text;
    if jsonb_typeof(v_json) = 'array' then
      v_is_fit := jsonb_array_length(v_json) = v_count;
      for v_number in 1 .. v_count loop
        v_place[v_number] := v_json ->> (v_number - 1);
      end loop;
    end if;
  end if;
  for v_number in 1 .. v_count loop
    v_is_fit := v_is_fit and v_place[v_number] is not null and pg_input_is_valid(v_place[v_number], decode_place.types[v_number]);
  end loop;
  if not v_is_fit then
    perform private.raise_error(422, 'bad_cursor', 'This cursor is not one this list has given out; start again without it.');
  end if;
  return v_place;
end;
$$;
comment on function private.decode_place(text, text, text[]) is
$$The parts of a place of several, each fit for its type

What encode_cursor was given: the part itself where there is one, else the text of a JSON array. Null for null; bad_cursor (422) for anything else, so that its casts cannot fail.$$;
