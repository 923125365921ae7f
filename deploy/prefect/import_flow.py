"""Prefect: an import in four parts, then one report. It only calls the command.

The token comes from the environment of the worker, SCARF_API_TOKEN, which a secret block can fill.
"""

import subprocess

from prefect import flow, task
from prefect.futures import wait

PARTS = 4


@task(retries=3, retry_delay_seconds=600)
def import_part(files: str, part: int) -> None:
    # A part that is repeated sends only what has not arrived.
    command = f"scarf-cli import {files} --shard {part}/{PARTS} --report report-{part}.json --overwrite --progress plain"
    subprocess.run(command.split(), check=True)


@task
def merge_reports() -> None:
    subprocess.run("scarf-cli runs merge report-*.json", shell=True, check=True)


@flow(name="scarf-import")
def import_events(files: str = "/shared/scarf/*.ndjson") -> None:
    wait([import_part.submit(files, part) for part in range(PARTS)])
    merge_reports()


if __name__ == "__main__":
    import_events()
