"""All that runs leave behind, without what names one run or another, for comparing two of them."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

from identity.people import rows

#: By name: key columns, columns to compare, and those of them that are personal data.
_PICTURES: dict[str, str] = {
    "link": (
        "SELECT source_table || '/' || source_pk AS key, person_key, snapshot_date, match_rule, "
        "match_score, confidence_level, evidence - 'decision' AS evidence "
        "FROM canon.identity_links"
    ),
    "unmatched": (
        "SELECT source_table || '/' || source_pk AS key, reason_code, snapshot_date, status, "
        "details - 'decision' AS details, candidates_preview "
        "FROM canon.identity_unmatched WHERE status != 'RESOLVED'"
    ),
    "event": (
        "SELECT source_table || '/' || source_pk AS key, person_key, identity_pending "
        "FROM observational.lead_events"
    ),
    "person": (
        "SELECT person_key::text AS key, confidence_level, flags, md5(primary_phone) AS phone, "
        "md5(primary_document) AS document, md5(primary_license) AS licence, "
        "md5(primary_full_name) AS name FROM canon.identity_registry"
    ),
    "ledger": (
        "SELECT person_key::text AS key, attributed_source, attributed_scout_id, "
        "attribution_rule, attribution_score, confidence_level, decision_status, evidence_json "
        "FROM observational.lead_ledger"
    ),
    "account": (
        "SELECT driver_id AS key, person_key, refused_reason, business_date, snapshot_at, "
        "md5(concat_ws('/', phone_norm, license_norm, plate_norm, name_tokens, model_norm)) "
        "AS keys, (SELECT min(other.driver_id) FROM canon.drivers_index AS other "
        "WHERE other.component_id = account.component_id) AS connected_with "
        "FROM canon.drivers_index AS account"
    ),
    "edge": (
        "SELECT least(a.driver_id, b.driver_id) || '/' || greatest(a.driver_id, b.driver_id) "
        "AS key, edge.edge_rule FROM canon.account_edges AS edge "
        "INNER JOIN canon.drivers_index AS a ON edge.account_a = a.account_id "
        "INNER JOIN canon.drivers_index AS b ON edge.account_b = b.account_id"
    ),
    "name key of an account": (
        "SELECT account.driver_id || '/' || kept.name_key AS key FROM canon.account_name_keys "
        "AS kept INNER JOIN canon.drivers_index AS account USING (account_id)"
    ),
    "name key of a lead": (
        "SELECT event.source_table || '/' || event.source_pk || '/' || kept.name_key AS key "
        "FROM canon.lead_name_keys AS kept LEFT JOIN observational.lead_events AS event "
        "ON kept.event_id = event.id"
    ),
    "keys of a lead": (
        "SELECT source_table || '/' || source_pk AS key, event_date, "
        "md5(concat_ws('/', phone_norm, license_norm, plate_norm, name_tokens, model_norm)) "
        "AS keys FROM canon.lead_keys"
    ),
    "waiting": (
        "SELECT kind || coalesce(source_table || source_pk, person_key::text, "
        "driver_ids::text) AS key, reason_code, posterior FROM canon.review_queue"
    ),
}

Picture = dict[tuple[str, str], dict[str, Any]]


def picture(connection: Connection[Any]) -> Picture:
    """Every row by what it is and its key."""
    found: Picture = {}
    for what, query in _PICTURES.items():
        for (row,) in rows(connection, f"SELECT to_jsonb(seen) FROM ({query}) AS seen"):  # noqa: S608
            place = (what, row.pop("key"))
            assert place not in found, f"twice: {place}"
            found[place] = row
    return found


def assert_same(mine: Picture, other: Picture) -> None:
    """Fail with the first row that differs, and where; none of it is personal data."""
    for place in sorted(mine.keys() | other.keys(), key=str):
        here, there = mine.get(place), other.get(place)
        if here == there:
            continue
        count = sum(mine.get(one) != other.get(one) for one in mine.keys() | other.keys())
        if here is None or there is None:
            there_only = here is None
            row = there if there_only else here
            raise AssertionError(
                f"{count} rows differ; first {place}: only {'there' if there_only else 'here'}, "
                f"{row}"
            )
        different = {name: (here[name], there[name]) for name in here if here[name] != there[name]}
        raise AssertionError(f"{count} rows differ; first {place}: (here, there) {different}")
