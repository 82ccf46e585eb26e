-- What identity resolution itself keeps: comparable keys of accounts and leads, the edges between
-- accounts, versioned models, merges, and what became of earlier links.

CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- A cache, and whoever filled it knew no persons: the first run reads every account again.
DELETE FROM canon.drivers_index;

-- The contract has no such references; a run would check them for every link and lead it writes.
ALTER TABLE canon.identity_links
DROP CONSTRAINT IF EXISTS identity_links_person_key_fk;
ALTER TABLE canon.identity_unmatched
DROP CONSTRAINT IF EXISTS identity_unmatched_run_id_fk;

-- Comparable forms ---------------------------------------------------------------------------
-- Each takes its argument once, so that the planner writes it into the statement.

CREATE FUNCTION canon.plain_words(raw text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN btrim(
    regexp_replace(
        upper(public.unaccent(translate(left(raw, 200), '''´`’.', ''))),
        '[^A-Z0-9]+', ' ', 'g'
    )
);
COMMENT ON FUNCTION canon.plain_words IS 'Upper-case words of letters and digits without accents, one blank between; empty when nothing is left.';

CREATE FUNCTION canon.alphanumerics(raw text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(upper(left(raw, 60)), '[^A-Z0-9]+', '', 'g');
COMMENT ON FUNCTION canon.alphanumerics IS 'Upper-case letters and digits, nothing between; empty when nothing is left.';

CREATE FUNCTION canon.mobile_norm(raw text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '+51'
|| nullif(
    nullif(
        nullif(
            nullif(
                right(
                    substring(
                        regexp_replace(left(raw, 40), '\D+', '', 'g')
                        FROM '^(?:0051|51)?0?9\d{8}$'
                    ), 9
                ),
                '900000000'
            ),
            '999999999'
        ),
        '987654321'
    ),
    '912345678'
);
COMMENT ON FUNCTION canon.mobile_norm IS 'E.164 of a Peruvian mobile number in its usual spellings; NULL for all else and for placeholders such as 999999999.';

CREATE FUNCTION canon.is_mobile(raw text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(left(raw, 40), '\D+', '', 'g') ~ '^(?:0051|51)?0?9\d{8}$';
COMMENT ON FUNCTION canon.is_mobile IS 'Whether canon.mobile_norm can judge the text, placeholders included.';

CREATE FUNCTION canon.licence_norm(alphanumeric text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN alphanumeric ~ '^[A-Z]?[0-9O]{8}$'
        THEN
            CASE
                WHEN
                    translate(right(alphanumeric, 8), 'O', '0') != all(
                        '{00000000, 11111111, 22222222, 33333333, 44444444}'::text[]
                        || '{55555555, 66666666, 77777777, 88888888}'::text[]
                        || '{99999999, 12345678, 87654321}'::text[]
                    )
                    THEN translate(right(alphanumeric, 8), 'O', '0')
            END
    WHEN
        length(alphanumeric) >= 6
        AND alphanumeric ~ '\d'
        -- More than one sign beside repetitions of the last one.
        AND length(replace(alphanumeric, right(alphanumeric, 1), '')) > 1
        AND alphanumeric
        != all('{912345, 123456, 1234567, 123456789, 987654321}'::text[])
        THEN 'X:' || alphanumeric
END;
COMMENT ON FUNCTION canon.licence_norm IS 'DNI digits of a Peruvian licence, else X: and the full value; NULL for junk. Takes canon.alphanumerics of the licence.';

CREATE FUNCTION canon.licence_number(norm text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN norm LIKE 'X:%%'
        THEN translate(regexp_replace(norm, '^X:[A-Z]?', ''), 'O', '0')
    ELSE norm
END;
COMMENT ON FUNCTION canon.licence_number IS 'What is left of a canonical licence when the letter before its number and O for 0 are habits of writing.';

CREATE FUNCTION canon.is_other_licence(one text, other text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN one != other
AND ltrim(canon.licence_number(one), '0') != ltrim(canon.licence_number(other), '0')
-- Of two numbers of different length, the shorter may be the longer one with a digit lost.
AND (
    length(canon.licence_number(one)) = length(canon.licence_number(other))
    OR public.levenshtein_less_equal(
        canon.licence_number(one), canon.licence_number(other), 1
    ) > 1
);
COMMENT ON FUNCTION canon.is_other_licence IS 'Whether two canonical licences contradict each other: not the same number in two spellings, nor one with a digit lost or doubled. NULL when either is not known.';

CREATE FUNCTION canon.plate_norm(alphanumeric text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN
        replace(alphanumeric, right(alphanumeric, 1), '') = ''
        OR alphanumeric IN ('912345', '123456', '1234567', '12345')
        THEN NULL
    WHEN alphanumeric ~ '^[A-Z0-9]{3}[0-9OI]{3}$'
        THEN left(alphanumeric, 3) || translate(right(alphanumeric, 3), 'OI', '01')
    WHEN length(alphanumeric) BETWEEN 5 AND 8 AND alphanumeric ~ '\d' THEN alphanumeric
END;
COMMENT ON FUNCTION canon.plate_norm IS 'A number plate with O and I among its last three signs read as 0 and 1; NULL for junk. Takes canon.alphanumerics of the plate.';

CREATE FUNCTION canon.sorted_tokens(words text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN tsvector_to_array(ts_delete(
    array_to_tsvector(words),
    '{A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T, U, V, W}'::text[]
    || '{X, Y, Z, DE, DEL, LA, LOS, LAS, EL}'::text[]
));
COMMENT ON FUNCTION canon.sorted_tokens IS 'The distinct words of two letters or more, without Spanish particles, sorted byte by byte. None may be empty. A vector of lexemes is the fastest way to it.';

CREATE FUNCTION canon.name_words(raw text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
-- noqa: disable=LT02
RETURN
array_remove(array_remove(array_remove(array_remove(array_remove(array_remove(
array_remove(array_remove(array_remove(
    string_to_array(
        regexp_replace(
            upper(public.unaccent(translate(left(raw, 200), '''´`’', ''))),
            '[^A-Z]+', ' ', 'g'
        ), ' '
    ),
    ''), 'DE'), 'DEL'), 'LA'), 'LOS'), 'LAS'), 'EL'), 'Y'), 'E');
-- noqa: enable=LT02
COMMENT ON FUNCTION canon.name_words IS 'The words of a name: upper case, no accents, without Spanish particles; in order, repeated ones kept.';

CREATE FUNCTION canon.name_tokens(raw text) RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
RETURN canon.sorted_tokens(array_remove(
    string_to_array(
        regexp_replace(
            upper(public.unaccent(translate(left(raw, 200), '''´`’', ''))),
            '[^A-Z]+', ' ', 'g'
        ), ' '
    ), ''
));
COMMENT ON FUNCTION canon.name_tokens IS 'The distinct words of a name of two letters or more, without Spanish particles, sorted; empty when there is none.';

CREATE FUNCTION canon.full_words(norm text, tokens text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN length(norm) = length(array_to_string(tokens, ' ')) THEN tokens
    ELSE array(
        SELECT word.word
        FROM unnest(string_to_array(norm, ' ')) AS word (word)
        WHERE length(word.word) > 1
    )
END;
COMMENT ON FUNCTION canon.full_words IS 'The words of a name of two letters or more, sorted, repeated ones kept. Takes name_norm and name_tokens of an account.';

CREATE VIEW canon.name_key_places AS
SELECT
    size.tokens,
    first.place AS first,
    second.place AS second,
    third.place AS third
FROM generate_series(2, 7) AS size (tokens)
CROSS JOIN generate_series(1, 7) AS first (place)
CROSS JOIN generate_series(1, 7) AS second (place)
CROSS JOIN unnest('{1, 2, 3, 4, 5, 6, 7, NULL}'::integer[]) AS third (place)
WHERE
    first.place < second.place
    AND second.place < coalesce(third.place, 8)
    AND coalesce(third.place, second.place) <= size.tokens;
COMMENT ON VIEW canon.name_key_places IS 'One row per number of tokens in a name and two or three of their places.';
COMMENT ON COLUMN canon.name_key_places.tokens IS 'How many tokens the name has; further ones than seven find nobody.';
COMMENT ON COLUMN canon.name_key_places.first IS 'Place of a token, from 1.';
COMMENT ON COLUMN canon.name_key_places.second IS 'Place of a later token.';
COMMENT ON COLUMN canon.name_key_places.third IS 'Place of a still later token; NULL for two tokens and the car model.';

CREATE FUNCTION canon.name_key(model text, first text, second text, third text)
RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended(
    coalesce(
        first || ' ' || second || ' ' || third,
        '#' || model || ' ' || first || ' ' || second
    ), 0
);
COMMENT ON FUNCTION canon.name_key IS 'Hash by which names find each other: of three tokens, or of two and the car model; NULL without either.';

CREATE FUNCTION canon.model_forms(model text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ARRAY[model, substring(model FROM '^\S+ (.+)$')];
COMMENT ON FUNCTION canon.model_forms IS 'A car model as written and without its first word, which may be the brand; NULL for what is not there.';

CREATE FUNCTION canon.bits(ratio double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ln(ratio) / 0.6931471805599453;
COMMENT ON FUNCTION canon.bits IS 'Logarithm to base 2: how many bits of evidence a likelihood ratio is.';

-- Rounding a double precision by way of numeric takes five times as long: a text is between.
CREATE FUNCTION canon.hundredths(figure double precision) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(figure * 100)::bigint * 0.01;
COMMENT ON FUNCTION canon.hundredths IS 'A figure with two digits after the point, to be kept as evidence.';

CREATE FUNCTION canon.millionths(figure double precision) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN round(figure * 1000000)::bigint * 0.000001;
COMMENT ON FUNCTION canon.millionths IS 'A figure with six digits after the point, to be kept as evidence.';

CREATE FUNCTION canon.name_similarity(shared bigint, one integer, other integer)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    shared::double precision / nullif(one + other - shared, 0)
    + shared::double precision / nullif(greatest(one, other), 0)
) / 2;
COMMENT ON FUNCTION canon.name_similarity IS 'Likeness of two names, 0 to 1: mean of the Jaccard index of their tokens and shared tokens over the larger name. Takes the shared tokens and both sizes.';

CREATE FUNCTION canon.is_one_slip(one text, other text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (
    public.levenshtein_less_equal(one, other, 1) <= 1
    OR (
        length(one) = length(other)
        AND public.levenshtein_less_equal(one, other, 2) = 2
        AND EXISTS (
            SELECT 1
            FROM generate_series(1, length(one) - 1) AS swap (place)
            WHERE
                left(one, swap.place - 1)
                || substr(one, swap.place + 1, 1)
                || substr(one, swap.place, 1)
                || substr(one, swap.place + 2) = other
        )
    )
);
COMMENT ON FUNCTION canon.is_one_slip IS 'Whether two words are one slip of the pen apart: a letter more, less or other, or two neighbours swapped.';

CREATE FUNCTION canon.is_near_token(one text, other text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(length(one), length(other)) >= 4 AND canon.is_one_slip(one, other);
COMMENT ON FUNCTION canon.is_near_token IS 'Whether two words of four letters or more are one slip of the pen apart.';

-- Keys of accounts and leads -------------------------------------------------------------------

ALTER TABLE canon.drivers_index
ADD COLUMN IF NOT EXISTS account_id bigint GENERATED BY DEFAULT AS IDENTITY,
ADD COLUMN IF NOT EXISTS account_key uuid,
ADD COLUMN IF NOT EXISTS raw_hash bigint,
ADD COLUMN IF NOT EXISTS full_name varchar,
ADD COLUMN IF NOT EXISTS name_tokens text[],
ADD COLUMN IF NOT EXISTS model_short varchar,
ADD COLUMN IF NOT EXISTS business_date date,
ADD COLUMN IF NOT EXISTS snapshot_at timestamp,
ADD COLUMN IF NOT EXISTS component_id bigint,
ADD COLUMN IF NOT EXISTS person_key uuid,
ADD COLUMN IF NOT EXISTS refused_reason varchar;

COMMENT ON COLUMN canon.drivers_index.account_id IS 'Our own short number of the account.';
COMMENT ON COLUMN canon.drivers_index.account_key IS 'The person_key of a person whose anchor is this account.';
COMMENT ON COLUMN canon.drivers_index.raw_hash IS 'Hash of the raw columns used here: how a change is noticed.';
COMMENT ON COLUMN canon.drivers_index.full_name IS 'The name as written: full_name, else its parts joined. Personal data.';
COMMENT ON COLUMN canon.drivers_index.name_tokens IS 'Distinct words of the name of two letters or more, sorted. Personal data.';
COMMENT ON COLUMN canon.drivers_index.model_short IS 'Car model without the brand.';
COMMENT ON COLUMN canon.drivers_index.business_date IS 'Hire date, else the day the account was created: the least of a person''s accounts anchors the person.';
COMMENT ON COLUMN canon.drivers_index.snapshot_at IS 'coalesce(updated_at, created_at) of the account, local time.';
COMMENT ON COLUMN canon.drivers_index.component_id IS 'Least account_id among the accounts it is connected with; NULL when it is connected with none.';
COMMENT ON COLUMN canon.drivers_index.person_key IS 'The person it belongs to.';
COMMENT ON COLUMN canon.drivers_index.refused_reason IS 'Why the connected accounts were not joined into one person; NULL when nothing speaks against it.';

CREATE UNIQUE INDEX IF NOT EXISTS drivers_index_account_id_idx
ON canon.drivers_index (account_id);
CREATE INDEX IF NOT EXISTS drivers_index_person_key_idx
ON canon.drivers_index (person_key);
CREATE INDEX IF NOT EXISTS drivers_index_component_id_idx
ON canon.drivers_index (component_id)
WHERE component_id IS NOT NULL;
-- Letters and O for 0 are habits of writing; documents other than the DNI keep them.
CREATE INDEX IF NOT EXISTS drivers_index_licence_number_idx
ON canon.drivers_index (canon.licence_number(license_norm))
WHERE license_norm LIKE 'X:%%';
-- A lead names its account without blanks around; few accounts are written with them.
CREATE INDEX IF NOT EXISTS drivers_index_padded_idx
ON canon.drivers_index (btrim(driver_id))
WHERE driver_id != btrim(driver_id);

CREATE TABLE canon.account_name_keys (
    name_key bigint NOT NULL,
    account_id bigint NOT NULL
);
CREATE INDEX account_name_keys_name_key_idx
ON canon.account_name_keys (name_key, account_id);
COMMENT ON TABLE canon.account_name_keys IS 'One row per account and name key: finds accounts by name.';
COMMENT ON COLUMN canon.account_name_keys.name_key IS 'Hash of three name tokens, or of two and the car model.';
COMMENT ON COLUMN canon.account_name_keys.account_id IS 'Account, as in canon.drivers_index.';

CREATE TABLE canon.lead_keys (
    event_id bigint NOT NULL,
    source_table varchar NOT NULL,
    source_pk varchar NOT NULL,
    event_date date NOT NULL,
    phone_norm varchar,
    license_norm varchar,
    plate_norm varchar,
    name_tokens text[],
    model_norm varchar,
    driver_id varchar,
    has_driver_id boolean NOT NULL DEFAULT false,
    CONSTRAINT lead_keys_pk PRIMARY KEY (event_id)
);
COMMENT ON TABLE canon.lead_keys IS 'One row per lead event: its comparable keys. Personal data.';
COMMENT ON COLUMN canon.lead_keys.event_id IS 'Event, as in observational.lead_events.';
COMMENT ON COLUMN canon.lead_keys.source_table IS 'Raw table of the lead when it was last resolved.';
COMMENT ON COLUMN canon.lead_keys.source_pk IS 'The lead''s key when it was last resolved.';
COMMENT ON COLUMN canon.lead_keys.event_date IS 'The lead date, local.';
COMMENT ON COLUMN canon.lead_keys.phone_norm IS 'Phone in E.164; NULL when blank or junk.';
COMMENT ON COLUMN canon.lead_keys.license_norm IS 'Document digits of a Peruvian licence, else X: and the full value; NULL when junk.';
COMMENT ON COLUMN canon.lead_keys.plate_norm IS 'Plate as upper-case alphanumerics; NULL when junk.';
COMMENT ON COLUMN canon.lead_keys.name_tokens IS 'Distinct words of the name of two letters or more, sorted.';
COMMENT ON COLUMN canon.lead_keys.model_norm IS 'Car model as written, in plain words.';
COMMENT ON COLUMN canon.lead_keys.driver_id IS 'The account that the lead itself names, where its source does.';
COMMENT ON COLUMN canon.lead_keys.has_driver_id IS 'Whether the source names accounts: such leads are linked by driver_id alone.';

CREATE INDEX lead_keys_phone_norm_idx
ON canon.lead_keys (phone_norm)
WHERE phone_norm IS NOT NULL;
CREATE INDEX lead_keys_license_norm_idx
ON canon.lead_keys (license_norm)
WHERE license_norm IS NOT NULL;
CREATE INDEX lead_keys_plate_norm_idx
ON canon.lead_keys (plate_norm)
WHERE plate_norm IS NOT NULL;
CREATE INDEX lead_keys_driver_id_idx
ON canon.lead_keys (driver_id)
WHERE driver_id IS NOT NULL;
CREATE INDEX lead_keys_source_idx ON canon.lead_keys (source_table, source_pk);

CREATE TABLE canon.lead_name_keys (
    name_key bigint NOT NULL,
    event_id bigint NOT NULL
);
CREATE INDEX lead_name_keys_name_key_idx
ON canon.lead_name_keys (name_key, event_id);
COMMENT ON TABLE canon.lead_name_keys IS 'One row per lead and name key: finds leads by name.';
COMMENT ON COLUMN canon.lead_name_keys.name_key IS 'Hash of three name tokens, or of two and the car model.';
COMMENT ON COLUMN canon.lead_name_keys.event_id IS 'Event, as in observational.lead_events.';

CREATE TABLE canon.phone_readings (
    raw varchar NOT NULL,
    phone_norm varchar,
    CONSTRAINT phone_readings_pk PRIMARY KEY (raw)
);
COMMENT ON TABLE canon.phone_readings IS 'One row per spelling of a phone that is no plain Peruvian mobile: how it was read. Personal data.';
COMMENT ON COLUMN canon.phone_readings.raw IS 'The phone as written.';
COMMENT ON COLUMN canon.phone_readings.phone_norm IS 'E.164; NULL when it is no phone number.';

-- People -----------------------------------------------------------------------------------------

CREATE TABLE canon.account_edges (
    account_a bigint NOT NULL,
    account_b bigint NOT NULL,
    edge_rule varchar NOT NULL,
    CONSTRAINT account_edges_pk PRIMARY KEY (account_a, account_b),
    CONSTRAINT account_edges_order_ck CHECK (account_a < account_b)
);
COMMENT ON TABLE canon.account_edges IS 'One row per two accounts that look like one person.';
COMMENT ON COLUMN canon.account_edges.account_a IS 'The account with the lesser account_id.';
COMMENT ON COLUMN canon.account_edges.account_b IS 'The other account.';
COMMENT ON COLUMN canon.account_edges.edge_rule IS 'Why: LICENCE, PHONE_NAME or PLATE_NAME, the first that applies.';
CREATE INDEX account_edges_account_b_idx ON canon.account_edges (account_b);

CREATE TABLE canon.identity_merges (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    loser_key uuid NOT NULL,
    survivor_key uuid NOT NULL,
    loser_driver_id varchar NOT NULL,
    evidence jsonb,
    run_id bigint,
    merged_at timestamptz NOT NULL,
    undone_at timestamptz,
    undone_run_id bigint,
    CONSTRAINT identity_merges_pk PRIMARY KEY (id)
);
COMMENT ON TABLE canon.identity_merges IS 'One row per person key that gave way to another one, and whether that was undone.';
COMMENT ON COLUMN canon.identity_merges.id IS 'Number of the merge.';
COMMENT ON COLUMN canon.identity_merges.loser_key IS 'The key that is no longer current.';
COMMENT ON COLUMN canon.identity_merges.survivor_key IS 'The key that its account belonged to right after the merge.';
COMMENT ON COLUMN canon.identity_merges.loser_driver_id IS 'Anchor account of the losing key.';
COMMENT ON COLUMN canon.identity_merges.evidence IS 'How many accounts the person has, and by which rules they are joined. No personal data.';
COMMENT ON COLUMN canon.identity_merges.run_id IS 'Ledger row of the run that merged.';
COMMENT ON COLUMN canon.identity_merges.merged_at IS 'When.';
COMMENT ON COLUMN canon.identity_merges.undone_at IS 'When the key became current again; NULL while the merge holds.';
COMMENT ON COLUMN canon.identity_merges.undone_run_id IS 'Ledger row of the run that split.';
CREATE UNIQUE INDEX identity_merges_open_idx
ON canon.identity_merges (loser_key)
WHERE undone_at IS NULL;
CREATE INDEX identity_merges_survivor_key_idx ON canon.identity_merges (survivor_key);

CREATE VIEW canon.person_aliases AS
SELECT
    merge.loser_key AS alias_key,
    account.person_key,
    merge.id AS merge_id
FROM canon.identity_merges AS merge
INNER JOIN canon.drivers_index AS account ON merge.loser_driver_id = account.driver_id
WHERE merge.undone_at IS NULL;
COMMENT ON VIEW canon.person_aliases IS 'One row per person key that was merged away: which person it means today.';
COMMENT ON COLUMN canon.person_aliases.alias_key IS 'The key that is no longer current.';
COMMENT ON COLUMN canon.person_aliases.person_key IS 'The current person.';
COMMENT ON COLUMN canon.person_aliases.merge_id IS 'The merge that made it an alias.';

ALTER TABLE canon.identity_decisions
ADD COLUMN IF NOT EXISTS undone_by varchar,
ADD COLUMN IF NOT EXISTS undone_reason text,
ADD COLUMN IF NOT EXISTS applied_run_id bigint,
ADD COLUMN IF NOT EXISTS undo_applied_run_id bigint;
COMMENT ON COLUMN canon.identity_decisions.undone_by IS 'Who withdrew it.';
COMMENT ON COLUMN canon.identity_decisions.undone_reason IS 'Why it was withdrawn, in their words.';
COMMENT ON COLUMN canon.identity_decisions.applied_run_id IS 'Ledger row of the run that first reckoned with it; NULL until then.';
COMMENT ON COLUMN canon.identity_decisions.undo_applied_run_id IS 'Ledger row of the run that first reckoned with its withdrawal.';
CREATE INDEX IF NOT EXISTS identity_decisions_unapplied_idx
ON canon.identity_decisions (id)
WHERE applied_run_id IS NULL OR (undone_at IS NOT NULL AND undo_applied_run_id IS NULL);
CREATE INDEX IF NOT EXISTS identity_decisions_driver_a_idx
ON canon.identity_decisions (driver_a)
WHERE undone_at IS NULL;
CREATE INDEX IF NOT EXISTS identity_decisions_driver_b_idx
ON canon.identity_decisions (driver_b)
WHERE undone_at IS NULL;
CREATE INDEX IF NOT EXISTS identity_decisions_lead_idx
ON canon.identity_decisions (source_table, source_pk)
WHERE undone_at IS NULL;

-- Models -----------------------------------------------------------------------------------------

CREATE TABLE canon.identity_models (
    version integer NOT NULL,
    trained_at timestamptz NOT NULL,
    run_id bigint,
    accounts bigint NOT NULL,
    people bigint NOT NULL,
    leads bigint NOT NULL,
    CONSTRAINT identity_models_pk PRIMARY KEY (version)
);
COMMENT ON TABLE canon.identity_models IS 'One row per trained matching model; canon.identity_state says which one is in use.';
COMMENT ON COLUMN canon.identity_models.version IS 'Number of the model.';
COMMENT ON COLUMN canon.identity_models.trained_at IS 'When it was trained.';
COMMENT ON COLUMN canon.identity_models.run_id IS 'Ledger row of the run that trained it; NULL when a person did.';
COMMENT ON COLUMN canon.identity_models.accounts IS 'Driver accounts it was trained on.';
COMMENT ON COLUMN canon.identity_models.people IS 'People among them: N of the bits.';
COMMENT ON COLUMN canon.identity_models.leads IS 'Leads it was trained on.';

CREATE TABLE canon.identity_model_parameters (
    version integer NOT NULL,
    parameter varchar NOT NULL,
    value double precision NOT NULL,
    shipped double precision NOT NULL,
    support bigint NOT NULL,
    CONSTRAINT identity_model_parameters_pk PRIMARY KEY (version, parameter),
    CONSTRAINT identity_model_parameters_version_fk FOREIGN KEY (version)
    REFERENCES canon.identity_models (version) ON DELETE CASCADE
);
COMMENT ON TABLE canon.identity_model_parameters IS 'One row per model and parameter: probabilities, priors per source, thresholds.';
COMMENT ON COLUMN canon.identity_model_parameters.version IS 'The model.';
COMMENT ON COLUMN canon.identity_model_parameters.parameter IS 'Its name, such as phone_m or threshold_high; docs/identity.md explains each.';
COMMENT ON COLUMN canon.identity_model_parameters.value IS 'What the model uses.';
COMMENT ON COLUMN canon.identity_model_parameters.shipped IS 'The default it was estimated from, or stands for it.';
COMMENT ON COLUMN canon.identity_model_parameters.support IS 'How many observations it was estimated on; 0 for a default.';

CREATE TABLE canon.identity_model_terms (
    version integer NOT NULL,
    kind varchar NOT NULL,
    term varchar NOT NULL,
    people bigint NOT NULL,
    CONSTRAINT identity_model_terms_pk PRIMARY KEY (version, kind, term),
    CONSTRAINT identity_model_terms_version_fk FOREIGN KEY (version)
    REFERENCES canon.identity_models (version) ON DELETE CASCADE
);
COMMENT ON TABLE canon.identity_model_terms IS 'One row per model and word: how many people have it, so how much agreeing on it says.';
COMMENT ON COLUMN canon.identity_model_terms.version IS 'The model.';
COMMENT ON COLUMN canon.identity_model_terms.kind IS 'token of a name, or car model.';
COMMENT ON COLUMN canon.identity_model_terms.term IS 'The word.';
COMMENT ON COLUMN canon.identity_model_terms.people IS 'People who have it.';

CREATE TABLE canon.identity_state (
    id boolean NOT NULL DEFAULT true,
    model_version integer,
    drivers_snapshot pg_snapshot,
    resolved_at timestamptz,
    run_id bigint,
    CONSTRAINT identity_state_pk PRIMARY KEY (id),
    CONSTRAINT identity_state_id_ck CHECK (id)
);
COMMENT ON TABLE canon.identity_state IS 'One row: how far identity resolution has come.';
COMMENT ON COLUMN canon.identity_state.id IS 'Always true: there is one row.';
COMMENT ON COLUMN canon.identity_state.model_version IS 'The model in use.';
COMMENT ON COLUMN canon.identity_state.drivers_snapshot IS 'Which transactions the last run could see in public.drivers: rows written since are read again.';
COMMENT ON COLUMN canon.identity_state.resolved_at IS 'When the last run that changed something read the data.';
COMMENT ON COLUMN canon.identity_state.run_id IS 'Ledger row of that run.';
INSERT INTO canon.identity_state DEFAULT VALUES;

CREATE TABLE canon.identity_rescores (
    version integer NOT NULL,
    event_id bigint NOT NULL,
    decided jsonb NOT NULL,
    CONSTRAINT identity_rescores_pk PRIMARY KEY (version, event_id),
    CONSTRAINT identity_rescores_version_fk FOREIGN KEY (version)
    REFERENCES canon.identity_models (version) ON DELETE CASCADE
);
COMMENT ON TABLE canon.identity_rescores IS 'One row per lead that another model has judged, until that model is put into use.';
COMMENT ON COLUMN canon.identity_rescores.version IS 'The model that judged.';
COMMENT ON COLUMN canon.identity_rescores.event_id IS 'Event, as in observational.lead_events.';
COMMENT ON COLUMN canon.identity_rescores.decided IS 'What it decided. No personal data.';

-- What changed, and for whom ---------------------------------------------------------------------

ALTER TABLE observational.lead_events
ADD COLUMN IF NOT EXISTS identity_pending boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN observational.lead_events.identity_pending IS 'Whether the event is new or changed since its person was last looked for.';
CREATE INDEX IF NOT EXISTS lead_events_identity_pending_idx
ON observational.lead_events (id) WHERE identity_pending;

CREATE TABLE canon.departed_leads (
    event_id bigint NOT NULL,
    CONSTRAINT departed_leads_pk PRIMARY KEY (event_id)
);
COMMENT ON TABLE canon.departed_leads IS 'One row per event that is gone and whose links are still to be closed.';
COMMENT ON COLUMN canon.departed_leads.event_id IS 'The event that was deleted.';

CREATE FUNCTION canon.note_departed_leads() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO canon.departed_leads (event_id)
    SELECT departed.id FROM departed
    ON CONFLICT (event_id) DO NOTHING;
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION canon.note_departed_leads IS 'Notes deleted events for identity resolution, whoever deletes them.';

CREATE TRIGGER lead_events_note_departed
AFTER DELETE ON observational.lead_events
REFERENCING OLD TABLE AS departed
FOR EACH STATEMENT EXECUTE FUNCTION canon.note_departed_leads();

CREATE TABLE canon.identity_link_history (
    id bigint GENERATED BY DEFAULT AS IDENTITY,
    person_key uuid NOT NULL,
    source_table varchar NOT NULL,
    source_pk varchar NOT NULL,
    snapshot_date date,
    match_rule varchar NOT NULL,
    match_score integer NOT NULL,
    confidence_level varchar NOT NULL,
    evidence jsonb,
    linked_at timestamptz NOT NULL,
    run_id bigint,
    closed_at timestamptz NOT NULL,
    closed_run_id bigint,
    CONSTRAINT identity_link_history_pk PRIMARY KEY (id)
);
COMMENT ON TABLE canon.identity_link_history IS 'One row per version of a link that no longer holds.';
COMMENT ON COLUMN canon.identity_link_history.id IS 'Number of the version.';
COMMENT ON COLUMN canon.identity_link_history.person_key IS 'The person it named.';
COMMENT ON COLUMN canon.identity_link_history.source_table IS 'Raw table of the lead, or drivers for an account.';
COMMENT ON COLUMN canon.identity_link_history.source_pk IS 'The lead''s or account''s key in its source.';
COMMENT ON COLUMN canon.identity_link_history.snapshot_date IS 'As in canon.identity_links.';
COMMENT ON COLUMN canon.identity_link_history.match_rule IS 'As in canon.identity_links.';
COMMENT ON COLUMN canon.identity_link_history.match_score IS 'As in canon.identity_links.';
COMMENT ON COLUMN canon.identity_link_history.confidence_level IS 'As in canon.identity_links.';
COMMENT ON COLUMN canon.identity_link_history.evidence IS 'As in canon.identity_links. No personal data.';
COMMENT ON COLUMN canon.identity_link_history.linked_at IS 'When it was made.';
COMMENT ON COLUMN canon.identity_link_history.run_id IS 'Ledger row of the run that made it.';
COMMENT ON COLUMN canon.identity_link_history.closed_at IS 'When it stopped to hold.';
COMMENT ON COLUMN canon.identity_link_history.closed_run_id IS 'Ledger row of the run that closed it.';
CREATE INDEX identity_link_history_source_idx
ON canon.identity_link_history (source_table, source_pk);

CREATE TABLE canon.stale_people (
    consumer varchar NOT NULL,
    person_key uuid NOT NULL,
    CONSTRAINT stale_people_pk PRIMARY KEY (consumer, person_key)
);
COMMENT ON TABLE canon.stale_people IS 'One row per consumer and person whose events, links or accounts changed since the consumer last looked.';
COMMENT ON COLUMN canon.stale_people.consumer IS 'Who must look again: attribution.';
COMMENT ON COLUMN canon.stale_people.person_key IS 'The person; one that was merged away is looked at once more.';

-- What waits for a person's word -----------------------------------------------------------------

CREATE VIEW canon.scout_conflicts AS
SELECT
    ledger.person_key,
    count(scout.first_on) AS scouts,
    min(scout.first_on) AS first_on,
    max(scout.last_on) AS last_on,
    coalesce(sum(scout.event_count), 0)::bigint AS events,
    ledger.updated_at
FROM observational.lead_ledger AS ledger
LEFT JOIN LATERAL jsonb_to_recordset(ledger.evidence_json -> 'scouts') AS scout (
    first_on date, last_on date, event_count bigint
) ON true
WHERE ledger.decision_status = 'conflict'
GROUP BY ledger.person_key, ledger.updated_at;
COMMENT ON VIEW canon.scout_conflicts IS 'One row per person whom several scouts registered within seven days: nobody is credited until people decide.';
COMMENT ON COLUMN canon.scout_conflicts.person_key IS 'The person.';
COMMENT ON COLUMN canon.scout_conflicts.scouts IS 'How many scouts.';
COMMENT ON COLUMN canon.scout_conflicts.first_on IS 'Date of the first registration by any of them, local.';
COMMENT ON COLUMN canon.scout_conflicts.last_on IS 'Date of the last one, at most seven days later.';
COMMENT ON COLUMN canon.scout_conflicts.events IS 'How many registrations name a scout.';
COMMENT ON COLUMN canon.scout_conflicts.updated_at IS 'When the conflict was found, or last changed.';

CREATE VIEW canon.review_queue AS
SELECT
    'lead' AS kind,
    unmatched.reason_code,
    unmatched.source_table,
    unmatched.source_pk,
    (unmatched.candidates_preview -> 0 ->> 'person_key')::uuid AS person_key,
    (unmatched.candidates_preview -> 0 ->> 'posterior')::numeric AS posterior,
    NULL::varchar[] AS driver_ids,
    unmatched.created_at AS since
FROM canon.identity_unmatched AS unmatched
WHERE unmatched.status = 'OPEN' AND unmatched.reason_code = 'REVIEW'
UNION ALL
SELECT
    'accounts' AS kind,
    account.refused_reason AS reason_code,
    NULL AS source_table,
    NULL AS source_pk,
    NULL AS person_key,
    NULL AS posterior,
    array_agg(account.driver_id ORDER BY account.driver_id) AS driver_ids,
    max(account.updated_at) AS since
FROM canon.drivers_index AS account
WHERE account.refused_reason IS NOT NULL
GROUP BY account.component_id, account.refused_reason
UNION ALL
SELECT
    'scouts' AS kind,
    'SCOUT_CONFLICT' AS reason_code,
    NULL AS source_table,
    NULL AS source_pk,
    conflict.person_key,
    NULL AS posterior,
    NULL AS driver_ids,
    conflict.updated_at AS since
FROM canon.scout_conflicts AS conflict;
COMMENT ON VIEW canon.review_queue IS 'One row per thing that waits for a person''s word: a lead that is nearly certain, accounts that look like one person but were not joined, scouts who claim the same person.';
COMMENT ON COLUMN canon.review_queue.kind IS 'lead, accounts or scouts.';
COMMENT ON COLUMN canon.review_queue.reason_code IS 'Why it waits.';
COMMENT ON COLUMN canon.review_queue.source_table IS 'Raw table of the lead.';
COMMENT ON COLUMN canon.review_queue.source_pk IS 'The lead''s key in its source.';
COMMENT ON COLUMN canon.review_queue.person_key IS 'The person it may be, or whom the scouts claim.';
COMMENT ON COLUMN canon.review_queue.posterior IS 'How probable that is, 0 to 1.';
COMMENT ON COLUMN canon.review_queue.driver_ids IS 'The accounts that were not joined.';
COMMENT ON COLUMN canon.review_queue.since IS 'Since when it waits.';

CREATE VIEW canon.review_counts AS
SELECT
    queue.kind,
    queue.reason_code,
    count(*) AS waiting,
    count(*) FILTER (WHERE queue.since > now() - interval '1 day') AS up_to_1_day,
    count(*) FILTER (
        WHERE
        queue.since <= now() - interval '1 day'
        AND queue.since > now() - interval '7 days'
    ) AS up_to_7_days,
    count(*) FILTER (
        WHERE
        queue.since <= now() - interval '7 days'
        AND queue.since > now() - interval '30 days'
    ) AS up_to_30_days,
    count(*) FILTER (WHERE queue.since <= now() - interval '30 days') AS older,
    min(queue.since) AS oldest_since
FROM canon.review_queue AS queue
GROUP BY queue.kind, queue.reason_code;
COMMENT ON VIEW canon.review_counts IS 'One row per reason in the review queue: how many wait, and for how long.';
COMMENT ON COLUMN canon.review_counts.kind IS 'lead, accounts or scouts.';
COMMENT ON COLUMN canon.review_counts.reason_code IS 'Why they wait.';
COMMENT ON COLUMN canon.review_counts.waiting IS 'How many.';
COMMENT ON COLUMN canon.review_counts.up_to_1_day IS 'Of these, for up to a day.';
COMMENT ON COLUMN canon.review_counts.up_to_7_days IS 'For one to seven days.';
COMMENT ON COLUMN canon.review_counts.up_to_30_days IS 'For seven to thirty days.';
COMMENT ON COLUMN canon.review_counts.older IS 'For longer.';
COMMENT ON COLUMN canon.review_counts.oldest_since IS 'Since when the oldest waits.';
CREATE INDEX identity_unmatched_review_idx ON canon.identity_unmatched (created_at)
WHERE status = 'OPEN' AND reason_code = 'REVIEW';
CREATE INDEX drivers_index_refused_idx ON canon.drivers_index (component_id)
WHERE refused_reason IS NOT NULL;
