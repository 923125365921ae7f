"""Airflow 3: an import in four parts, then one report. It only calls the command.

The workers share the files, the state and the directory of reports. SCARF_API_TOKEN comes from a variable whose name
Airflow masks in its logs.
"""

from datetime import timedelta

import pendulum
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

PARTS = 4
IMPORT = "scarf-cli import /shared/scarf/$DAY/*.ndjson --shard $PART --report $REPORTS/report-$PART_NUMBER.json --overwrite --progress plain"
MERGE = "scarf-cli runs merge $REPORTS/report-*.json"
ENVIRONMENT = {
    # The date of a run is the day on which it starts (that of the day before until Airflow 2).
    "DAY": "{{ macros.ds_add(ds, -1) }}",
    "REPORTS": "/shared/scarf/reports",
    "SCARF_OWNER": "acme",
    "SCARF_API_TOKEN": "{{ var.value.scarf_api_token }}",
    "SCARF_STATE_DIR": "/shared/scarf/state",
}

with DAG(
    dag_id="scarf_import",
    schedule="17 3 * * *",
    start_date=pendulum.datetime(2026, 11, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
):
    parts = [
        BashOperator(
            task_id=f"import_{part}",
            bash_command=IMPORT,
            env={**ENVIRONMENT, "PART": f"{part}/{PARTS}", "PART_NUMBER": str(part)},
            append_env=True,
            # A part that is repeated sends only what has not arrived.
            retries=3,
            retry_delay=timedelta(minutes=10),
        )
        for part in range(PARTS)
    ]
    report = BashOperator(
        task_id="report",
        bash_command=MERGE,
        env=ENVIRONMENT,
        append_env=True,
        trigger_rule="all_done",
    )
    parts >> report
