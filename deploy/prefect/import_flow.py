"""Prefect: an import in four parts, then one report. It only calls the command.

The workers share the files, the state and the directory in which they work. The token comes from their environment,
SCARF_API_TOKEN, which a secret block can fill.
"""

import os
import subprocess

from prefect import flow, task
from prefect.futures import wait

PARTS = 4
IMPORT = "scarf-cli import $FILES --shard $PART --report report-$PART_NUMBER.json --overwrite --progress plain"
MERGE = "scarf-cli runs merge report-*.json"


@task(retries=3, retry_delay_seconds=600)
def import_part(files: str, part: int) -> None:
    # A part that is repeated sends only what has not arrived.
    variables = {"FILES": files, "PART": f"{part}/{PARTS}", "PART_NUMBER": str(part)}
    subprocess.run(IMPORT, shell=True, check=True, env={**os.environ, **variables})


@task
def merge_reports() -> None:
    subprocess.run(MERGE, shell=True, check=True)


@flow(name="scarf-import")
def import_events(files: str = "/shared/scarf/*.ndjson") -> None:
    wait([import_part.submit(files, part) for part in range(PARTS)])
    merge_reports()


if __name__ == "__main__":
    import_events()
