#!/bin/sh
# Eight parts on the machines of a list, a line each as GNU parallel takes them: `4/node1` runs four there, `:` here.
#   export SCARF_OWNER=acme SCARF_API_TOKEN=…
#   sh import.sh machines.txt '/shared/scarf/*.ndjson'
# Data, state and this directory lie on a file system that all machines share. Parts that failed are run again twice;
# run it again after a crash: what has arrived is not sent again.
set -eu
machines=$1
files=$2
# A part that ends badly is told by the merged report.
parallel --sshloginfile "$machines" --env SCARF_API_TOKEN --env SCARF_API_URL --env SCARF_OWNER --env SCARF_STATE_DIR \
  --workdir "$PWD" --retries 3 --joblog parts.log \
  "scarf-cli import $files --shard auto/8 --report report-{#}.json --overwrite --progress plain" ::: 1 2 3 4 5 6 7 8 || true
exec scarf-cli runs merge report-*.json
