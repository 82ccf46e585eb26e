-- Writes  canon.identity_registry: one row per affected person that has an account, its golden record.
-- Reads   pg_temp.affected_people, pg_temp.link_news, canon.drivers_index, canon.identity_links,
--         canon.identity_registry
-- Rerun   safe: a person that did not change is left out before the write.
-- Note    the most recent phone, the most frequent then most recent licence, the longest name; flags name
--         the account that each value came from.
INSERT INTO canon.identity_registry AS kept (
    person_key, confidence_level, primary_phone, primary_document, primary_license,
    primary_full_name, flags, created_at, updated_at
)
WITH
account AS MATERIALIZED (
    SELECT
        member.*,
        CASE
            WHEN member.component_id IS NOT NULL
                THEN (
                    SELECT count(*)
                    FROM canon.drivers_index AS other
                    WHERE
                        other.person_key = member.person_key
                        AND other.license_norm = member.license_norm
                )
        END AS licence_count
    FROM affected_people AS affected
    INNER JOIN canon.drivers_index AS member ON affected.person_key = member.person_key
),

lead_link AS (
    SELECT
        news.person_key,
        news.confidence_level
    FROM link_news AS news
    WHERE news.person_key IS NOT NULL AND news.source_table != 'drivers'
    UNION ALL
    SELECT
        link.person_key,
        link.confidence_level
    FROM affected_people AS affected
    INNER JOIN canon.identity_links AS link ON affected.person_key = link.person_key
    WHERE
        link.source_table != 'drivers'
        AND NOT EXISTS (
            SELECT 1 FROM link_news AS news
            WHERE
                news.source_table = link.source_table
                AND news.source_pk = link.source_pk
        )
),

confidence AS (
    SELECT
        lead_link.person_key,
        -- H(IGH) before M(EDIUM), as it happens.
        min(lead_link.confidence_level) AS confidence_level
    FROM lead_link
    GROUP BY lead_link.person_key
),

golden AS (
    -- Most people have one account that is connected with no other.
    SELECT
        account.person_key,
        CASE
            WHEN account.phone_norm IS NOT NULL
                THEN ARRAY[ARRAY[account.phone_norm, account.driver_id]]
        END AS phones,
        CASE
            WHEN account.license_norm IS NOT NULL
                THEN ARRAY[ARRAY[account.license_norm, account.driver_id]]
        END AS licences,
        CASE
            WHEN account.full_name IS NOT NULL
                THEN ARRAY[ARRAY[account.full_name, account.driver_id]]
        END AS names,
        account.hire_date,
        1 AS accounts,
        NULL AS refused_reason
    FROM account
    WHERE account.component_id IS NULL
    UNION ALL
    SELECT
        account.person_key,
        array_agg(
            ARRAY[account.phone_norm, account.driver_id]
            ORDER BY
                account.snapshot_at DESC NULLS LAST,
                account.driver_id COLLATE "C" -- noqa: RF02,RF03
        ) FILTER (WHERE account.phone_norm IS NOT NULL) AS phones,
        array_agg(
            ARRAY[account.license_norm, account.driver_id]
            ORDER BY
                account.licence_count DESC,
                account.snapshot_at DESC NULLS LAST,
                account.driver_id COLLATE "C" -- noqa: RF02,RF03
        ) FILTER (WHERE account.license_norm IS NOT NULL) AS licences,
        array_agg(
            ARRAY[account.full_name, account.driver_id]
            ORDER BY
                length(account.full_name) DESC,
                account.snapshot_at DESC NULLS LAST,
                account.driver_id COLLATE "C" -- noqa: RF02,RF03
        ) FILTER (WHERE account.full_name IS NOT NULL) AS names,
        min(account.hire_date) AS hire_date,
        count(*) AS accounts,
        max(account.refused_reason) AS refused_reason
    FROM account
    WHERE account.component_id IS NOT NULL
    GROUP BY account.person_key
),

wanted AS (
    SELECT
        golden.person_key,
        coalesce(confidence.confidence_level, 'LOW') AS confidence_level,
        golden.phones[1][1] AS primary_phone,
        CASE
            WHEN golden.licences[1][1] NOT LIKE 'X:%%' THEN golden.licences[1][1]
        END AS primary_document,
        golden.licences[1][1] AS primary_license,
        golden.names[1][1] AS primary_full_name,
        jsonb_strip_nulls(jsonb_build_object(
            'accounts', golden.accounts,
            'hired_on', golden.hire_date,
            'phone_from', golden.phones[1][2],
            'license_from', golden.licences[1][2],
            'name_from', golden.names[1][2],
            'not_joined', golden.refused_reason
        )) AS flags
    FROM golden
    LEFT JOIN confidence ON golden.person_key = confidence.person_key
)

SELECT
    wanted.person_key,
    wanted.confidence_level,
    wanted.primary_phone,
    wanted.primary_document,
    wanted.primary_license,
    wanted.primary_full_name,
    wanted.flags,
    %(read_at)s::timestamptz,
    %(read_at)s::timestamptz
FROM wanted
LEFT JOIN canon.identity_registry AS known ON wanted.person_key = known.person_key
WHERE (
    known.confidence_level, known.primary_phone, known.primary_document,
    known.primary_license, known.primary_full_name, known.flags
) IS DISTINCT FROM (
    wanted.confidence_level, wanted.primary_phone, wanted.primary_document,
    wanted.primary_license, wanted.primary_full_name, wanted.flags
)
ON CONFLICT (person_key) DO UPDATE
    SET
        confidence_level = excluded.confidence_level,
        primary_phone = excluded.primary_phone,
        primary_document = excluded.primary_document,
        primary_license = excluded.primary_license,
        primary_full_name = excluded.primary_full_name,
        flags = excluded.flags,
        updated_at = excluded.updated_at
