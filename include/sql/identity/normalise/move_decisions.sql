-- Writes  canon.identity_decisions: what people said about a lead goes with it to its new key.
-- Reads   pg_temp.lead_news
-- Rerun   safe: by then the lead is known under the new key.
UPDATE canon.identity_decisions AS decision
SET
    source_table = news.source_table,
    source_pk = news.source_pk
FROM lead_news AS news
WHERE
    decision.source_table = news.old_source_table
    AND decision.source_pk = news.old_source_pk
    AND (news.source_table, news.source_pk)
    != (news.old_source_table, news.old_source_pk)
