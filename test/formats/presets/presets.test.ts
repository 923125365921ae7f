/** The presets: what each makes of its fixture, and how it goes together with other options. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { presetFlags } from '../../../src/commands/help/topics/presets.ts';
import { PRESETS } from '../../../src/formats/presets.ts';
import { scarf } from '../../../src/vendors/scarf/vendor.ts';
import { openPlace, type Place } from '../../machine.ts';

const FIXTURES = fileURLToPath(new URL('../../../fixtures/rows/presets', import.meta.url));
const PACKAGE = ['--package', 'p', '--fill-id', 'off'];
/** Tables without a header need names for their columns, and any table fields. */
const NAMED = ['--header', 'when,ip,note,more', '--map', 'when=$time', '--map', 'ip=$remote_address'];
const MORE: Record<string, readonly string[]> = {
  'excel-eu': ['--map', 'Zeit=$time', '--map', 'IP=$remote_address', '--type', 'Betrag:number'],
  mysql: NAMED,
  'postgres-copy': NAMED,
  redshift: NAMED,
};

function rows(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): unknown => JSON.parse(line));
}

async function shown(place: Place, argv: readonly string[]) {
  const { exit, stdout, stderr } = await place.runCli(['check', ...argv, '--show', '99', '-q']);
  return { exit, rows: rows(stdout), stderr };
}

const files = readdirSync(FIXTURES).filter((name) => !name.endsWith('.rows.ndjson'));

function presetOf(file: string): string {
  const names = PRESETS.map(({ name }) => name).filter((name) => file.startsWith(name));
  return names.sort((one, other) => other.length - one.length)[0] ?? '';
}

test('each preset has a fixture', () => {
  expect(new Set(files.map(presetOf))).toEqual(new Set(PRESETS.map(({ name }) => name)));
});

describe.each(files)('%s', (file) => {
  const preset = presetOf(file);
  const argv = [join(FIXTURES, file), '--preset', preset, ...PACKAGE, ...(MORE[preset] ?? [])];

  test('becomes the rows beside it', async () => {
    const place = await openPlace();
    const seen = await shown(place, argv);
    expect(seen.stderr).toBe('');
    expect(seen).toMatchObject({ exit: 0 });
    expect(seen.rows).toEqual(rows(readFileSync(join(FIXTURES, `${file}.rows.ndjson`), 'utf8')));
  });

  test('is what its options are, typed one by one', async () => {
    const place = await openPlace();
    const spelled = PRESETS.filter(({ name }) => name === preset).flatMap((one) =>
      presetFlags(one, scarf.logFields).flatMap((flag) => {
        const [name = '', ...value] = flag.split(' ');
        const text = value.join(' ').replace(/^'(.*)'$/s, '$1');
        return value.length === 0 ? [name] : [name, text];
      }),
    );
    // A header of one's own takes the place of the preset's, spelled or not.
    const own = (MORE[preset] ?? []).includes('--header')
      ? spelled.filter((_, at) => !isHeader(spelled, at))
      : spelled;
    const [path = '', , , ...others] = argv;
    expect((await shown(place, [path, ...own, ...others])).rows).toEqual((await shown(place, argv)).rows);
  });
});

function isHeader(flags: readonly string[], at: number): boolean {
  return flags[at] === '--header' || flags[at - 1] === '--header';
}

describe('other options', () => {
  const line = '192.0.2.7 - frank [24/Nov/2026:09:05:00 +0000] "GET /a HTTP/1.1" 200 2326 "-" "curl"\n';
  const log = async (content = line): Promise<Place> => {
    const place = await openPlace();
    await place.write('a.log', content);
    return place;
  };

  test('win over the preset: a map for the same column or field takes its place, the others stay', async () => {
    const place = await log();
    const argv = [
      'a.log',
      '--preset',
      'combined',
      ...PACKAGE,
      '--map',
      'remote_host=host',
      '--map',
      'user=$user_agent',
    ];
    expect((await shown(place, argv)).rows).toEqual([
      {
        $time: '2026-11-24T09:05:00Z',
        host: '192.0.2.7',
        $user_agent: 'frank',
        request: 'GET /a HTTP/1.1',
        status: '200',
        bytes: '2326',
        user_agent: 'curl',
      },
    ]);
  });

  test('win over the preset: names and nulls', async () => {
    const place = await log('192.0.2.7 - - [24/Nov/2026:09:05:00 +0000] extra\n');
    const argv = ['--header', 'remote_host,ident,user,time,more', '--null', 'extra'];
    expect((await shown(place, ['a.log', '--preset', 'clf', ...PACKAGE, ...argv])).rows).toEqual([
      { $time: '2026-11-24T09:05:00Z', $remote_address: '192.0.2.7', ident: '-', user: '-' },
    ]);
  });

  test('a map file wins as well', async () => {
    const place = await log();
    await place.write('map.json', '{"map": {"time": "$time", "user": "$remote_address"}}');
    const argv = ['a.log', '--preset', 'clf', '--ragged', 'truncate', '--map-file', 'map.json', ...PACKAGE];
    expect((await shown(place, argv)).rows).toMatchObject([
      { $time: '2026-11-24T09:05:00Z', $remote_address: 'frank', remote_host: '192.0.2.7' },
    ]);
  });

  test('a preset is no option of its own to what was delivered: said in full it is the same delivery', async () => {
    const place = await log();
    const first = await place.importFiles(['a.log', '--preset', 'clf', '--ragged', 'fit', '--package', 'p']);
    expect(first.exit).toBe(0);
    const spelled = [
      '--format',
      'log',
      '--null',
      '-',
      '--header',
      'remote_host,ident,user,time,request,status,bytes',
    ];
    const map = ['--map', 'time=$time', '--map', 'remote_host=$remote_address', '--ragged', 'fit'];
    const again = await place.importFiles(['a.log', ...spelled, ...map, '--package', 'p']);
    expect([again.exit, again.report.requests]).toEqual([0, 0]);
    const other = await place.importFiles(['a.log', '--preset', 'combined', '--package', 'p']);
    expect(other.exit).toBe(2);
    expect(other.report.errors[0]?.message).toContain('header');
  });

  test('a run that is resumed has its preset still', async () => {
    const place = await log(line.repeat(300));
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 2 }]);
    const argv = ['a.log', '--preset', 'combined', '--package', 'p', '--map', 'status=code'];
    const first = await place.importFiles([...argv, '--chunk-size', '4KiB', '--retries', '0']);
    expect(first.exit).toBe(5);
    place.sandbox.faults.clear();
    const resumed = await place.runCli(['runs', 'resume', first.report.run, '--json']);
    expect([resumed.exit, resumed.report?.counts.accepted]).toEqual([0, 300]);
    const events = place.sandbox.vendors.scarf.events().map(({ text }) => JSON.parse(text ?? '{}') as object);
    expect(events).toHaveLength(300);
    for (const event of events) expect(event).toMatchObject({ $remote_address: '192.0.2.7', code: '200' });
  });

  test('one error where no column gives what every row needs', async () => {
    const place = await log();
    const { exit, stderr } = await shown(place, ['a.log', '--preset', 'combined']);
    expect(exit).toBe(2);
    expect(stderr).toContain('--package');
  });

  test('without a preset a log is no table', async () => {
    const place = await log();
    const { exit, stderr } = await shown(place, ['a.log', ...PACKAGE]);
    expect(exit).toBe(2);
    expect(stderr).toContain('--preset');
  });

  test('an unknown preset is refused', async () => {
    const place = await log();
    expect((await shown(place, ['a.log', '--preset', 'apache'])).exit).toBe(2);
  });
});

describe('other vendors', () => {
  test('Moesif: request lines are not taken apart, what has its own column goes to its field', async () => {
    const place = await openPlace();
    const argv = [join(FIXTURES, 'docker-registry.log'), '--preset', 'docker-registry', '--target', 'moesif'];
    expect((await shown(place, argv)).rows).toMatchObject([
      {
        request: {
          time: '2026-11-24T09:05:00.550816892Z',
          ip_address: '192.0.2.7',
          verb: 'GET',
          uri: '/v2/library/nginx/manifests/latest',
        },
      },
      { request: { verb: 'HEAD' } },
    ]);
  });

  test('Log Insight: the time', async () => {
    const place = await openPlace();
    const argv = [join(FIXTURES, 'clf.log'), '--preset', 'clf', '--target', 'loginsight'];
    const { exit, rows: events } = await shown(place, argv);
    expect([exit, events]).toMatchObject([0, [{ timestamp: Date.parse('2026-11-24T09:05:00Z') }, {}]]);
  });

  test('Sumatra: the dialect', async () => {
    const place = await openPlace();
    const argv = [join(FIXTURES, 'clf.log'), '--preset', 'clf', '--target', 'sumatra', '--set', '_type=hit'];
    const { exit, rows: events } = await shown(place, argv);
    expect([exit, events]).toMatchObject([0, [{ remote_host: '192.0.2.7', status: '200' }, {}]]);
  });
});
