/**
 * Examples of every command, by the words that call it. Help, docs/commands.md and the man pages list them.
 */
import type { Command } from 'commander';

/** Command lines to paste; identifiers in them are made up. */
const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  '': [
    'scarf-cli import events.ndjson --owner acme',
    'zcat logs/*.gz | scarf-cli import - --owner acme --package 970493a1-4ca0-4a4d-a085-fdce578e5a08',
    'scarf-cli sandbox exec -- scarf-cli import events.ndjson',
  ],
  import: [
    'scarf-cli import events.ndjson --owner acme',
    "scarf-cli import 'logs/*.ndjson.gz' --owner acme --package 970493a1-4ca0-4a4d-a085-fdce578e5a08",
    'kubectl logs deploy/cdn | scarf-cli import - --owner acme --fill-id content',
  ],
  imports: [
    'scarf-cli imports list --owner acme',
    'scarf-cli imports wait 8f14e45f --owner acme',
    'scarf-cli imports abort --all --yes --owner acme',
  ],
  'imports list': [
    'scarf-cli imports list --owner acme',
    'scarf-cli imports list --owner acme --status importing',
    "scarf-cli imports list --owner acme --limit 100 --json | jq 'length'",
  ],
  'imports show': [
    'scarf-cli imports show 8f14e45f --owner acme',
    'scarf-cli imports show 8f14e45f --owner acme --json',
    'SCARF_OWNER=acme scarf-cli imports show 8f14e45f',
  ],
  'imports log': [
    'scarf-cli imports log 8f14e45f --owner acme',
    'scarf-cli imports log 8f14e45f --owner acme | grep -i error',
    'scarf-cli imports log 8f14e45f --owner acme > import.log',
  ],
  'imports wait': [
    'scarf-cli imports wait 8f14e45f --owner acme',
    'scarf-cli imports wait 8f14e45f c9f0f895 --owner acme --deadline 30m',
    'scarf-cli import events.ndjson --owner acme --no-wait && scarf-cli runs list',
  ],
  'imports watch': [
    'scarf-cli imports watch --owner acme',
    'scarf-cli imports watch --owner acme --interval 30s',
    "scarf-cli imports watch --owner acme --json | jq '.slots.active'",
  ],
  'imports abort': [
    'scarf-cli imports abort 8f14e45f --owner acme',
    'scarf-cli imports abort --all --owner acme',
    'scarf-cli imports abort --all --yes --owner acme --json',
  ],
  export: [
    'scarf-cli export events --from 2026-11 --output november.csv',
    'scarf-cli export companies --output companies.csv',
    'scarf-cli export aggregates --rollup weekly --from 90d --output weekly.csv',
  ],
  report: [
    'scarf-cli report november.csv --output november.html',
    "scarf-cli report events/ companies.csv --title 'Widgets' --output report.html",
    'scarf-cli report postgres:service=warehouse --output report.html',
  ],
  'export events': [
    'scarf-cli export events --from 2026-11 --output november.csv',
    'scarf-cli export events --package npm/widget --from 7d --output widget.parquet',
    'scarf-cli export events --package all --pixels --split day --incremental --output events/',
    'scarf-cli export events --from yesterday --format ndjson | jq .origin_company',
  ],
  'export company-events': [
    'scarf-cli export company-events example.com --from 30d --output example.csv',
    'scarf-cli export company-events example.com --from 2026-10 --to 2026-11 --output example.parquet',
    'scarf-cli export company-events example.com --from yesterday --format ndjson | head',
  ],
  'export companies': [
    'scarf-cli export companies --output companies.csv',
    'scarf-cli export companies --by package --from 2026-10 --output by-package.parquet',
    'scarf-cli export companies --format ndjson | jq -r .name',
  ],
  'export scores': [
    'scarf-cli export scores --output scores.csv',
    'scarf-cli export scores --output scores.parquet --overwrite',
    'scarf-cli export scores --format ndjson | head',
  ],
  'export aggregates': [
    'scarf-cli export aggregates --rollup weekly --breakdown by-version --from 2026-10 --output weekly.csv',
    'scarf-cli export aggregates --package npm/widget --breakdown by-company,by-country --format ndjson',
    'scarf-cli export aggregates --rollup total --breakdown by-company-size --from 90d --output sizes.csv',
  ],
  schedule: [
    'scarf-cli schedule policy --s3-bucket acme-data/scarf --role access',
    'scarf-cli schedule create --s3-bucket acme-data/scarf --role-arn arn:aws:iam::123456789012:role/scarf',
    'scarf-cli schedule history --owner acme',
  ],
  'schedule create': [
    'scarf-cli schedule create --s3-bucket acme-data/scarf --role-arn arn:aws:iam::123456789012:role/scarf',
    'scarf-cli schedule create --gcs-bucket acme-data --service-account scarf@acme.iam.gserviceaccount.com --pixels all',
    'scarf-cli schedule create --s3-bucket acme-data/scarf --role-arn arn:aws:iam::123456789012:role/scarf --json',
  ],
  'schedule list': [
    'scarf-cli schedule list --owner acme',
    'scarf-cli schedule list --owner acme --json',
    'SCARF_OWNER=acme scarf-cli schedule list',
  ],
  'schedule history': [
    'scarf-cli schedule history --owner acme',
    'scarf-cli schedule history --owner acme --json',
    'SCARF_OWNER=acme scarf-cli schedule history',
  ],
  'schedule delete': [
    'scarf-cli schedule delete 45c48cce --owner acme',
    'scarf-cli schedule delete 45c48cce --owner acme --yes',
    'scarf-cli schedule list --owner acme --json | jq -r ".[].id"',
  ],
  'schedule policy': [
    'scarf-cli schedule policy --s3-bucket acme-data/scarf --role access',
    'scarf-cli schedule policy --s3-bucket acme-data/scarf --role trust --external-id 4711',
    'scarf-cli schedule policy --s3-bucket acme-data/scarf --role trust --external-id 4711 --format terraform',
  ],
  'schedule verify': [
    'aws s3 ls --recursive s3://acme-data/scarf/ | scarf-cli schedule verify',
    'gcloud storage ls -l -r gs://acme-data/scarf/ | scarf-cli schedule verify',
    'aws s3 ls --recursive s3://acme-data/scarf/ | scarf-cli schedule verify --json',
  ],
  ingest: [
    'scarf-cli ingest moesif calls.ndjson',
    'scarf-cli ingest sumatra signups.csv',
    'tail -n 1000 app.log | scarf-cli ingest loginsight - --format text',
  ],
  'ingest sumatra': [
    'scarf-cli ingest sumatra signups.csv',
    "scarf-cli ingest sumatra signups.csv --map 'when=_time'",
    'scarf-cli ingest sumatra events.ndjson --rejects rejected.ndjson',
  ],
  'ingest moesif': [
    'scarf-cli ingest moesif calls.ndjson',
    "scarf-cli ingest moesif calls.csv --map 'at=request.time' --map 'path=request.uri'",
    "scarf-cli ingest moesif 'calls/*.ndjson.gz' --report report.json",
  ],
  'ingest loginsight': [
    'scarf-cli ingest loginsight events.ndjson',
    'scarf-cli ingest loginsight app.log --format text',
    "scarf-cli ingest loginsight app.log --format text --multiline-start '^\\d{4}-'",
  ],
  check: [
    'scarf-cli check events.ndjson',
    "scarf-cli check signups.csv --map 'when=$time' --show 3",
    'scarf-cli check signups.csv --infer',
    'scarf-cli check calls.ndjson --target moesif',
  ],
  runs: [
    'scarf-cli runs list',
    'scarf-cli runs show 20261126T025200',
    'scarf-cli runs resume 20261126T025200',
  ],
  'runs list': [
    'scarf-cli runs list',
    'scarf-cli runs list --json',
    'scarf-cli runs list --state-dir /var/lib/scarf',
  ],
  'runs show': [
    'scarf-cli runs show 20261126T025200',
    'scarf-cli runs show 20261126T025200 --json',
    'scarf-cli runs show 20261126T025200 --state-dir /var/lib/scarf',
  ],
  'runs resume': [
    'scarf-cli runs resume 20261126T025200',
    'scarf-cli runs resume 20261126T025200 --deadline 30m',
    'scarf-cli runs resume 20261126T025200 --json',
  ],
  'runs merge': [
    'scarf-cli runs merge report-*.json',
    'scarf-cli runs merge report-*.json --json',
    'scarf-cli runs merge report-*.json --rejects bad.ndjson',
  ],
  'runs forget': [
    'scarf-cli runs forget 20261126T025200',
    'scarf-cli runs forget 20261126T025200 --json',
    'scarf-cli runs forget 20261126T025200 --state-dir /var/lib/scarf',
  ],
  'runs prune': [
    'scarf-cli runs prune',
    'scarf-cli runs prune --older-than 90d',
    'scarf-cli runs prune --json',
  ],
  sandbox: [
    'scarf-cli sandbox exec -- scarf-cli import events.ndjson',
    'scarf-cli sandbox --port 8377',
    'curl -s http://127.0.0.1:8377/_sandbox/state',
  ],
  'sandbox exec': [
    'scarf-cli sandbox exec -- scarf-cli import events.ndjson',
    'scarf-cli sandbox exec --job 2s --foreign-active 12 -- scarf-cli import events.ndjson',
    `scarf-cli sandbox exec --fault '{"route":"import","kind":"status","status":503,"times":2}' -- scarf-cli import events.ndjson`,
  ],
  'sandbox sample': [
    'scarf-cli sandbox sample',
    'scarf-cli sandbox sample samples',
    'scarf-cli sandbox sample --overwrite',
  ],
  login: [
    'scarf-cli login --owner acme',
    'scarf-cli login --token-stdin < token.txt',
    'scarf-cli login moesif --profile staging',
  ],
  logout: ['scarf-cli logout', 'scarf-cli logout moesif', 'scarf-cli logout --profile staging'],
  whoami: ['scarf-cli whoami', 'scarf-cli whoami loginsight', 'scarf-cli whoami --json | jq .slots'],
  config: [
    'scarf-cli config set scarf owner acme',
    'scarf-cli config set scarf token < token.txt',
    'scarf-cli config set --profile staging scarf owner acme-staging',
    'scarf-cli config use staging',
    'scarf-cli config list --show-origin',
  ],
  'config set': [
    'scarf-cli config set scarf owner acme',
    'scarf-cli config set scarf token < token.txt',
    'scarf-cli config set moesif max-row 2MiB',
  ],
  'config unset': [
    'scarf-cli config unset scarf owner',
    'scarf-cli config unset scarf token',
    'scarf-cli config unset moesif max-row',
  ],
  'config list': [
    'scarf-cli config list',
    'scarf-cli config list | grep scarf',
    'scarf-cli config list --show-origin --json',
  ],
  'config get': [
    'scarf-cli config get scarf owner',
    'scarf-cli config get scarf owner --profile staging',
    'scarf-cli config get moesif max-row',
  ],
  'config use': ['scarf-cli config use', 'scarf-cli config use staging', 'scarf-cli config use default'],
  'config edit': [
    'scarf-cli config edit',
    'EDITOR=nano scarf-cli config edit',
    "VISUAL='code --wait' scarf-cli config edit",
  ],
  'config path': [
    'scarf-cli config path',
    'ls -l "$(scarf-cli config path)"',
    'XDG_CONFIG_HOME=/etc scarf-cli config path',
  ],
  doctor: [
    'scarf-cli doctor',
    'scarf-cli doctor moesif --json',
    'scarf-cli sandbox exec -- scarf-cli doctor',
  ],
  limits: ['scarf-cli limits', 'scarf-cli limits --json', 'scarf-cli limits | less'],
  describe: [
    `scarf-cli describe --json | jq -r '.commands[].path | join(" ")'`,
    `scarf-cli describe --json | jq '[.. | .environment? // [] | .[]] | unique'`,
    'scarf-cli describe --json > scarf-cli.json',
  ],
  completion: [
    'source <(scarf-cli completion bash)',
    'scarf-cli completion zsh > "${fpath[1]}/_scarf-cli"',
    'scarf-cli completion fish > ~/.config/fish/completions/scarf-cli.fish',
    'scarf-cli completion powershell | Out-String | Invoke-Expression',
  ],
  help: ['scarf-cli help', 'scarf-cli help export events', 'scarf-cli help exit-codes'],
};

/** The examples of a command. */
export function examplesOf(path: readonly string[]): readonly string[] {
  return EXAMPLES[path.join(' ')] ?? [];
}

/** Lists the examples below the help of a command and of its subcommands. */
export function addExamples(command: Command, path: readonly string[] = []): void {
  const examples = examplesOf(path);
  if (examples.length > 0) {
    command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);
  }
  for (const below of command.commands) addExamples(below, [...path, below.name()]);
}
