"""Airflow: an import in four parts, then one report. It only calls the command.

The workers share the files, the state and the directory of reports. SCARF_API_TOKEN comes from a variable whose name
Airflow masks in its logs.
"""

from datetime import timedelta

import pendulum
from airflow import DAG
from airflow.operators.bash import BashOperator

PARTS = 4
ENVIRONMENT = {
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
            bash_command=(
                "scarf-cli import '/shared/scarf/{{ ds }}/*.ndjson' "
                f"--shard {part}/{PARTS} "
                f"--report /shared/scarf/reports/{{{{ ds }}}}/report-{part}.json --overwrite --progress plain"
            ),
            env=ENVIRONMENT,
            append_env=True,
            # A part that is repeated sends only what has not arrived.
            retries=3,
            retry_delay=timedelta(minutes=10),
        )
        for part in range(PARTS)
    ]
    report = BashOperator(
        task_id="report",
        bash_command="scarf-cli runs merge /shared/scarf/reports/{{ ds }}/report-*.json",
        trigger_rule="all_done",
    )
    parts >> report
