/** What docs/tour.md shows: commands on a terminal of 80 columns, each in an empty home with a sandbox of its own. */
import { CTRL_C, type Scene } from '../../report/terminal/scene.ts';

export interface TourScene {
  title: string;
  /** The command as a person types it. */
  command: string;
  scene: Scene;
  /** Which moment is shown; absent: the end. */
  moment?: RegExp;
  /** Columns are as wide in every run. */
  isAligned?: true;
}

/** What the sandbox takes. */
const SANDBOX_TOKEN = 'sandbox-token';
const PACKAGE = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

/** Rows of the last minutes. */
function events(count: number, first = 0): string {
  const time = new Date().toISOString();
  const row = (n: number) => `{"$package":"${PACKAGE}","$time":"${time}","$unique_id":"event-${n}"}\n`;
  return Array.from({ length: count }, (_, index) => row(first + index)).join('');
}

const damaged = `${events(3)}not json\n{"$package":"${PACKAGE}"}\n`;
const table = `when,ip,plan\n${Array.from(
  { length: 20 },
  (_, row) => `${new Date().toISOString()},203.0.113.${row},pro\n`,
).join('')}`;

function inSandbox(command: string, options = ''): string {
  return `scarf-cli sandbox exec ${options} -- ${command}`;
}

function scene(command: string, parts: Partial<Scene> & { sandbox?: string } = {}): Scene {
  const { sandbox = '', ...rest } = parts;
  return { columns: 80, line: inSandbox(command, sandbox), ...rest };
}

const twice = 'scarf-cli import events.ndjson';

/** The screen behind the first Ctrl-C, drawn whole. */
const stopping = /Press Ctrl-C again.*\n.*stopping: finishing uploads/;

export const TOUR: readonly TourScene[] = [
  {
    title: 'A first import',
    command: twice,
    scene: scene(twice, { files: { 'events.ndjson': events(2000) } }),
  },
  {
    title: 'The same command again',
    command: twice,
    scene: scene(`sh -c '${twice} --quiet; ${twice}'`, { files: { 'events.ndjson': events(2000) } }),
  },
  {
    title: 'Two inputs',
    command: 'scarf-cli import monday.ndjson tuesday.ndjson',
    scene: scene('scarf-cli import monday.ndjson tuesday.ndjson', {
      files: { 'monday.ndjson': events(1000), 'tuesday.ndjson': events(500, 1000) },
    }),
  },
  {
    title: 'All slots are taken',
    command: twice,
    moment: /the account runs 15 imports/,
    scene: scene(twice, {
      columns: 110,
      sandbox: '--foreign-active 15',
      files: { 'events.ndjson': events(200) },
      cues: [{ when: /the account runs 15 imports/, press: CTRL_C }],
    }),
  },
  {
    title: 'Ctrl-C',
    command: twice,
    scene: scene(twice, {
      sandbox: '--job 60s',
      files: { 'events.ndjson': events(200) },
      cues: [{ when: /Scarf is processing/, press: CTRL_C }],
    }),
  },
  {
    // What is there until the second one; a moment later the command gives up by itself, so that the end depends on chance.
    title: 'Ctrl-C twice, while Scarf does not answer',
    command: twice,
    moment: stopping,
    scene: scene(twice, {
      sandbox: `--fault '{"vendor":"scarf","route":"import","kind":"hang"}'`,
      files: { 'events.ndjson': events(200) },
      cues: [
        { when: /waiting for Scarf to answer/, press: CTRL_C },
        { when: stopping, press: CTRL_C },
      ],
    }),
  },
  {
    title: 'Rows that are rejected',
    command: 'scarf-cli import damaged.ndjson --rejects rejects.ndjson',
    scene: scene('scarf-cli import damaged.ndjson --rejects rejects.ndjson', {
      files: { 'damaged.ndjson': damaged },
    }),
  },
  {
    title: 'Look before sending',
    command: 'scarf-cli check damaged.ndjson',
    scene: scene('scarf-cli check damaged.ndjson', { files: { 'damaged.ndjson': damaged } }),
  },
  {
    title: 'A table that Scarf does not know',
    command: 'scarf-cli check signups.csv --infer',
    scene: scene('scarf-cli check signups.csv --infer', { files: { 'signups.csv': table } }),
  },
  {
    title: 'An export',
    command: 'scarf-cli export events --from 2026-01-01 --to 2026-01-07 --output events.csv',
    scene: scene('scarf-cli export events --from 2026-01-01 --to 2026-01-07 --output events.csv'),
  },
  {
    title: 'What an export holds',
    isAligned: true,
    command: 'scarf-cli export events --from 2026-11-01 --to 2026-11-07 --output events.csv --summary',
    scene: scene('scarf-cli export events --from 2026-11-01 --to 2026-11-07 --output events.csv --summary'),
  },
  {
    title: 'Imports as they go on',
    command: 'scarf-cli imports watch',
    moment: /q leaves/,
    isAligned: true,
    scene: scene('scarf-cli imports watch', {
      columns: 110,
      sandbox: '--foreign-active 3',
      cues: [{ when: /q leaves/, press: 'q' }],
    }),
  },
  {
    title: 'What is kept of earlier runs',
    command: 'scarf-cli runs list',
    scene: scene(`sh -c '${twice} --quiet; scarf-cli runs list'`, {
      columns: 160,
      files: { 'events.ndjson': events(50) },
    }),
  },
  {
    title: 'Is everything in place?',
    command: 'scarf-cli doctor',
    scene: { ...scene('scarf-cli doctor'), columns: 120 },
  },
  {
    title: 'Log in',
    command: 'scarf-cli login',
    scene: {
      ...scene('env -u SCARF_API_TOKEN scarf-cli login'),
      columns: 200,
      cues: [{ when: /token/i, press: `${SANDBOX_TOKEN}\r` }],
    },
  },
];
