/** With which exit code each command ends under each fault: what holds mostly, and the exceptions. */
import type { Kind } from './commands.ts';

/** Faults by the exit code that they lead to, where it is not the usual one. */
interface Exits {
  otherwise: number;
  0?: readonly string[];
  2?: readonly string[];
  3?: readonly string[];
  4?: readonly string[];
  5?: readonly string[];
}

type ByKind = Readonly<Record<Kind, Exits>>;

/** Whatever comes: rows with ids are sent again, and the vendor is to be tried another time (5); others are unknown (8). */
const trouble: ByKind = {
  import: { otherwise: 5 },
  idless: { otherwise: 8 },
  // As many lost replies in a row as there are tries end the run.
  sumatra: { otherwise: 5 },
  batch: { otherwise: 8 },
  moesif: { otherwise: 5 },
  loginsight: { otherwise: 8 },
  table: { otherwise: 5 },
  lines: { otherwise: 5 },
  names: { otherwise: 5 },
  jobs: { otherwise: 5 },
  job: { otherwise: 5 },
  log: { otherwise: 5 },
  abort: { otherwise: 5 },
  schedules: { otherwise: 5 },
  made: { otherwise: 5 },
  unmade: { otherwise: 5 },
};

const pages = ['a page for people', 'a page without its type', 'a page of many lines', 'a page called JSON'];
const unreadable = [...pages, 'no gzip, though it says so', 'a gzip of 1000 to 1'];
const errors = ['an error in JSON', 'a line of JSON that is an error'];
const deepEverywhere = '10,000 levels in every place';

/** Success is believed where no document says what it looks like, unless it is a page or cannot be read at all. */
const believed: Exits = { otherwise: 0, 5: [...unreadable, ...errors] };

/** As far as it may be empty or JSON. */
const bare: Exits = {
  otherwise: 5,
  0: ['nothing at all', 'an empty object', 'an empty list', 'a list of nulls', '200,000 empty objects'],
};

const bodies: ByKind = {
  ...trouble,
  moesif: believed,
  // Cells are passed on as they came, for whoever reads them to judge.
  table: { otherwise: 5, 0: [deepEverywhere] },
  // What stands at the output may be rows of these days, so that nothing at all does not replace it.
  lines: { otherwise: 5, 0: [deepEverywhere] },
  names: { otherwise: 5, 2: ['an empty list', 'a list of nulls', '200,000 empty objects'] },
  // A line that is no entry is passed over and counted.
  log: { otherwise: 0, 5: [...pages, 'no gzip, though it says so'] },
  // Its answer has status 204, and never a body of its own.
  abort: { ...bare, 0: [...(bare[0] ?? []), 'half of itself', 'random bytes', deepEverywhere] },
  schedules: {
    otherwise: 5,
    0: ['null', 'an empty object', 'an empty list', 'a list of nulls', '200,000 empty objects'],
  },
  made: bare,
  unmade: bare,
};

const wires: ByKind = {
  ...trouble,
  // A line that is torn is passed over.
  log: { otherwise: 5, 0: ['a length that is too short'] },
};

const denied = ['401', '402', '403'];
const elsewhere = ['302', '307', '405', '410'];
const refused = ['400', '404', '407', '409', '413', '415', '422', '440'];

const without = (names: readonly string[], ...others: string[]) =>
  names.filter((name) => !others.includes(name));

const question: Exits = { otherwise: 5, 2: [...elsewhere, '404'], 4: denied };
const file: Exits = { otherwise: 5, 2: [...elsewhere, ...refused], 4: denied };

const statuses: ByKind = {
  import: { otherwise: 5, 2: [...elsewhere, '415'], 3: without(refused, '415'), 4: denied },
  idless: { otherwise: 8, 2: [...elsewhere, '415'], 3: without(refused, '415'), 4: denied },
  sumatra: { otherwise: 5, 2: elsewhere, 3: refused, 4: denied },
  batch: { otherwise: 8, 2: elsewhere, 3: refused, 4: denied, 5: ['503'] },
  moesif: { otherwise: 5, 0: ['204'], 2: [...elsewhere, '404'], 3: without(refused, '404'), 4: denied },
  loginsight: {
    otherwise: 8,
    2: [...elsewhere, '404', '415'],
    3: without(refused, '404', '415', '440'),
    4: denied,
    // Its logins are taken: nothing is wrong with them.
    5: ['503', '440'],
  },
  table: file,
  lines: file,
  names: question,
  jobs: question,
  job: question,
  log: question,
  // What is not there any more has ended.
  abort: { otherwise: 5, 0: ['202', '204', '404'], 2: elsewhere, 4: denied },
  schedules: question,
  made: { otherwise: 5, 0: ['202', '204'], 2: [...elsewhere, ...without(refused, '413')], 4: denied },
  unmade: {
    otherwise: 5,
    0: ['202', '204'],
    2: [...elsewhere, ...without(refused, '413')],
    4: denied,
  },
};

const passedOn: Exits = { otherwise: 0 };
const texts = ['a text', 'NUL'];

const values: ByKind = {
  ...trouble,
  // An import with an id is there, and cannot be followed by that one: unknown.
  import: {
    otherwise: 8,
    5: ['null', 'a list', 'an object', 'an empty text'].concat([
      'a negative number',
      'a huge number',
      'more digits than fit',
    ]),
  },
  sumatra: { otherwise: 5, 0: texts },
  batch: { otherwise: 8, 0: texts },
  moesif: passedOn,
  table: passedOn,
  lines: passedOn,
  names: { otherwise: 2 },
  jobs: passedOn,
  log: passedOn,
  abort: passedOn,
  schedules: passedOn,
  made: passedOn,
  unmade: passedOn,
};

const asked: Exits = { otherwise: 5, 0: ['200'], 2: ['302'] };
const sent: Exits = { otherwise: 5, 2: ['302'], 3: ['400'] };

const secrets: ByKind = {
  import: { otherwise: 8, 2: ['302'], 3: ['400'], 5: ['500'] },
  idless: { ...sent, otherwise: 8 },
  sumatra: { ...sent, 0: ['200'] },
  batch: { ...sent, otherwise: 8, 0: ['200'] },
  moesif: { ...sent, 0: ['200'] },
  loginsight: { ...sent, otherwise: 8 },
  table: { otherwise: 5, 0: ['200'], 2: ['302', '400'] },
  lines: { otherwise: 5, 0: ['200'], 2: ['302', '400'] },
  names: { otherwise: 5, 2: ['200', '302'] },
  jobs: asked,
  job: { otherwise: 5, 2: ['302'] },
  log: asked,
  abort: asked,
  schedules: asked,
  made: { otherwise: 5, 0: ['200'], 2: ['302', '400'] },
  unmade: { otherwise: 5, 0: ['200'], 2: ['302', '400'] },
};

const FAMILIES: Readonly<Record<string, ByKind>> = {
  'a success that is': bodies,
  'a success of much:': bodies,
  'on the wire': wires,
  status: statuses,
  'a status like those:': statuses,
  'in every field': values,
  'its secret everywhere, with': secrets,
};

/** What a command ends with; a wait that is asked for once is waited for. */
export function exitOf(kind: Kind, family: string, fault: string): number {
  const exits = FAMILIES[family]?.[kind];
  if (exits === undefined) return 0;
  const { otherwise, ...others } = exits;
  const found = Object.entries(others).find(([, faults]) => faults.includes(fault));
  return found === undefined ? otherwise : Number(found[0]);
}
