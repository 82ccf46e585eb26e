"""Link leads to people with Splink; a script for an environment of its own.

    python -I splink_peer.py FOLDER PAIRS

Estimates u on so many random pairs. Reads `leads.csv` and `accounts.csv` in the folder. Writes
`best.csv`: for each lead that has a candidate the best person, its match weight, and that of the
second-best person; `cost.json`; and the trained model, `model.json`.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

import duckdb
import splink.comparison_level_library as level
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.blocking_rule_library import CustomRule

SEED = 1
#: The same expectation that a lead is somebody's as the pipeline's own.
SOMEBODY = 0.75
#: Pairs less likely than 1 in 100 are of no use to anybody.
LEAST_WEIGHT = -6.6
NAMES = "name_keys"
#: Days from the account's hiring to the lead, as in the pipeline.
DAYS = '("day_l" - "day_r")'
SHARED = 'len(list_intersect("words_l", "words_r"))'
SMALLER = 'least(len("words_l"), len("words_r"))'
READ = """
CREATE TABLE {table} AS
SELECT
    unique_id, phone, licence, plate, model, name, CAST(day AS date) AS day,
    string_split(name, ' ') AS words,
    CAST(string_split(name_keys, ' ') AS bigint[]) AS name_keys{more}
FROM read_csv('{file}', header = true, all_varchar = true)
"""
BEST = """
COPY (
    WITH
    person AS (
        SELECT
            pair.unique_id_l AS event_id,
            account.person_key,
            max(pair.match_weight) AS weight
        FROM {pairs} AS pair
        INNER JOIN people AS account ON pair.unique_id_r = account.unique_id
        GROUP BY ALL
    ),

    ranked AS (
        SELECT
            person.*,
            row_number() OVER place AS place,
            lead(person.weight) OVER place AS second_weight
        FROM person
        WINDOW place AS (
            PARTITION BY person.event_id ORDER BY person.weight DESC, person.person_key
        )
    )

    SELECT ranked.event_id, ranked.person_key, ranked.weight, ranked.second_weight
    FROM ranked
    WHERE ranked.place = 1
) TO '{file}' (HEADER)
"""


def main(folder: Path, pairs_sampled: int) -> None:
    """Read, train, predict, write; note what each costs."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    marks = [time.perf_counter()]
    connection = duckdb.connect()
    for table, more in (("leads", ""), ("people", ", person_key")):
        file = folder / f"{'accounts' if more else table}.csv"
        connection.execute(READ.format(table=table, file=file, more=more)).fetchall()
    accounts = count(connection, "people")
    marks.append(time.perf_counter())
    begun = time.process_time()
    database = DuckDBAPI(connection=connection)
    linker = Linker(
        [
            database.register("leads", dataset_display_name="a_leads"),
            database.register("people", dataset_display_name="b_accounts"),
        ],
        settings(accounts),
        log_level=logging.ERROR,
    )
    train(linker, pairs_sampled)
    marks.append(time.perf_counter())
    pairs = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
    name = pairs.physical_name
    connection.execute(BEST.format(pairs=name, file=folder / "best.csv")).fetchall()
    marks.append(time.perf_counter())
    used = time.process_time() - begun
    unit = 1 if sys.platform == "darwin" else 1_024
    cost = {
        "read_seconds": marks[1] - marks[0],
        "training_seconds": marks[2] - marks[1],
        "prediction_seconds": marks[3] - marks[2],
        "processor_seconds": used,
        "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit,
        "pairs": count(connection, name),
        "versions": f"Splink {version('splink')}, DuckDB {version('duckdb')}",
    }
    (folder / "cost.json").write_text(json.dumps(cost, indent=1), encoding="utf-8")
    (folder / "model.json").write_text(
        json.dumps(linker.misc.save_model_to_json(), indent=1), encoding="utf-8"
    )


def count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Rows of a table. All rows of an answer are fetched: only then is the connection free."""
    return int(connection.table(table).count("*").fetchall()[0][0])


def settings(accounts: int) -> SettingsCreator:
    """What is compared and how pairs are found: the pipeline's own keys and windows."""
    return SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=SOMEBODY / max(accounts, 1),
        blocking_rules_to_generate_predictions=[
            block_on("phone"),
            block_on("licence"),
            block_on("plate"),
            CustomRule(
                f"l.{NAMES} = r.{NAMES} AND l.day BETWEEN r.day - 90 AND r.day + 90",
                sql_dialect="duckdb",
                arrays_to_explode=[NAMES],
            ),
        ],
        comparisons=[
            compare.ExactMatch("phone").configure(term_frequency_adjustments=True),
            compare.LevenshteinAtThresholds("licence", 1),
            compare.ExactMatch("plate").configure(term_frequency_adjustments=True),
            compare.ExactMatch("model").configure(term_frequency_adjustments=True),
            compare.CustomComparison(
                output_column_name="name",
                comparison_levels=[
                    level.Or(level.NullLevel("name"), level.NullLevel("words")),
                    level.ExactMatchLevel("name", term_frequency_adjustments=True),
                    # Early, as almost all random pairs end here: that makes training quick.
                    level.CustomLevel('NOT list_has_any("words_l", "words_r")'),
                    level.CustomLevel(f"{SHARED} >= 3 AND {SHARED} = {SMALLER}"),
                    level.CustomLevel(f"{SHARED} >= 3"),
                    level.CustomLevel(f"{SHARED} = 2 AND {SHARED} = {SMALLER}"),
                    level.JaroWinklerLevel("name", 0.92),
                    level.CustomLevel(f"{SHARED} = 2"),
                    level.ElseLevel(),
                ],
            ),
            compare.CustomComparison(
                output_column_name="day",
                comparison_levels=[
                    level.NullLevel("day"),
                    level.CustomLevel(f"{DAYS} BETWEEN -30 AND 15"),
                    level.CustomLevel(f"{DAYS} BETWEEN -90 AND 90"),
                    level.ElseLevel(),
                ],
            ),
        ],
    )


def train(linker: Linker, pairs_sampled: int) -> None:
    """Estimate u on random pairs, and m by expectation maximisation, one key held at a time."""
    training = linker.training
    training.estimate_u_using_random_sampling(max_pairs=pairs_sampled, seed=SEED)
    for key in ("phone", "plate", "licence"):
        training.estimate_parameters_using_expectation_maximisation(block_on(key))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
