DROP TRIGGER IF EXISTS lead_events_note_departed ON observational.lead_events;
DROP FUNCTION IF EXISTS canon.note_departed_leads;

DROP VIEW IF EXISTS
canon.review_counts,
canon.review_queue,
canon.scout_conflicts,
canon.person_aliases;
DROP INDEX IF EXISTS canon.identity_unmatched_review_idx;
DROP TABLE IF EXISTS
canon.stale_people,
canon.identity_link_history,
canon.departed_leads,
canon.identity_rescores,
canon.identity_state,
canon.identity_model_terms,
canon.identity_model_parameters,
canon.identity_models,
canon.identity_merges,
canon.account_edges,
canon.phone_readings,
canon.lead_name_keys,
canon.lead_keys,
canon.account_name_keys;

ALTER TABLE observational.lead_events DROP COLUMN IF EXISTS identity_pending;

DROP INDEX IF EXISTS canon.identity_decisions_unapplied_idx;
DROP INDEX IF EXISTS canon.identity_decisions_driver_a_idx;
DROP INDEX IF EXISTS canon.identity_decisions_driver_b_idx;
DROP INDEX IF EXISTS canon.identity_decisions_lead_idx;
ALTER TABLE canon.identity_decisions
DROP COLUMN IF EXISTS undone_by,
DROP COLUMN IF EXISTS undone_reason,
DROP COLUMN IF EXISTS applied_run_id,
DROP COLUMN IF EXISTS undo_applied_run_id;

DROP INDEX IF EXISTS canon.drivers_index_padded_idx;
DROP INDEX IF EXISTS canon.drivers_index_licence_number_idx;
-- The other indexes of the migration go with their columns.
ALTER TABLE canon.drivers_index
DROP COLUMN IF EXISTS account_id,
DROP COLUMN IF EXISTS account_key,
DROP COLUMN IF EXISTS raw_hash,
DROP COLUMN IF EXISTS full_name,
DROP COLUMN IF EXISTS name_tokens,
DROP COLUMN IF EXISTS model_short,
DROP COLUMN IF EXISTS business_date,
DROP COLUMN IF EXISTS snapshot_at,
DROP COLUMN IF EXISTS component_id,
DROP COLUMN IF EXISTS person_key,
DROP COLUMN IF EXISTS refused_reason;

DROP FUNCTION IF EXISTS canon.hundredths;
DROP FUNCTION IF EXISTS canon.millionths;
DROP FUNCTION IF EXISTS canon.bits;
DROP FUNCTION IF EXISTS canon.model_forms;
DROP FUNCTION IF EXISTS canon.is_near_token;
DROP FUNCTION IF EXISTS canon.is_one_slip;
DROP FUNCTION IF EXISTS canon.name_similarity;
DROP FUNCTION IF EXISTS canon.name_key;
DROP VIEW IF EXISTS canon.name_key_places;
DROP FUNCTION IF EXISTS canon.full_words;
DROP FUNCTION IF EXISTS canon.name_tokens;
DROP FUNCTION IF EXISTS canon.name_words;
DROP FUNCTION IF EXISTS canon.sorted_tokens;
DROP FUNCTION IF EXISTS canon.plate_norm;
DROP FUNCTION IF EXISTS canon.is_other_licence;
DROP FUNCTION IF EXISTS canon.licence_number;
DROP FUNCTION IF EXISTS canon.licence_norm;
DROP FUNCTION IF EXISTS canon.is_mobile;
DROP FUNCTION IF EXISTS canon.mobile_norm;
DROP FUNCTION IF EXISTS canon.alphanumerics;
DROP FUNCTION IF EXISTS canon.plain_words;

-- Whatever refers to nothing would be in the way.
DELETE FROM canon.identity_links AS link
WHERE
    NOT EXISTS (
        SELECT 1 FROM canon.identity_registry AS person
        WHERE person.person_key = link.person_key
    );
ALTER TABLE canon.identity_links
ADD CONSTRAINT identity_links_person_key_fk FOREIGN KEY (person_key)
REFERENCES canon.identity_registry (person_key);
UPDATE canon.identity_unmatched AS unmatched
SET run_id = NULL
WHERE
    unmatched.run_id IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM ops.ingestion_runs AS run
        WHERE run.id = unmatched.run_id
    );
ALTER TABLE canon.identity_unmatched
ADD CONSTRAINT identity_unmatched_run_id_fk FOREIGN KEY (run_id)
REFERENCES ops.ingestion_runs (id);
