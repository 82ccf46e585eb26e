-- Claim     Due is expected less paid, totals are the sums of their parts, and no amount is below zero.
-- Severity  error
-- Scope     people
-- Reads     pg_temp.checked_financial
SELECT financial.person_key
FROM checked_financial AS financial
WHERE
    financial.amount_due_yango
    != financial.expected_total_yango - financial.total_paid_yango
    OR financial.expected_total_yango
    != financial.expected_amount_m1
    + financial.expected_amount_m5 + financial.expected_amount_m25
    OR financial.total_paid_yango
    != financial.paid_amount_m1 + financial.paid_amount_m5 + financial.paid_amount_m25
    OR least(
        financial.expected_amount_m1, financial.expected_amount_m5,
        financial.expected_amount_m25, financial.paid_amount_m1,
        financial.paid_amount_m5, financial.paid_amount_m25, financial.amount_due_yango
    ) < 0
    OR (NOT financial.claim_m1_exists AND financial.claim_m1_paid)
    OR (NOT financial.claim_m5_exists AND financial.claim_m5_paid)
    OR (NOT financial.claim_m25_exists AND financial.claim_m25_paid)
    OR financial.paid_amount_m1
    != CASE WHEN financial.claim_m1_paid THEN financial.expected_amount_m1 ELSE 0 END
    OR financial.paid_amount_m5
    != CASE WHEN financial.claim_m5_paid THEN financial.expected_amount_m5 ELSE 0 END
    OR financial.paid_amount_m25
    != CASE WHEN financial.claim_m25_paid THEN financial.expected_amount_m25 ELSE 0 END
