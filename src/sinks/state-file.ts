/** What an incremental export remembers: a dot file beside its output, so that it travels with it. */
import { readFile } from 'node:fs/promises';
import { explained, systemCode } from '../disk/trouble.ts';
import { writeWhole } from '../disk/replace-file.ts';
import { Failure } from '../failure.ts';

export interface ExportState {
  /** What decides the rows and how they are written: another export may not go on with this output. */
  identity: Readonly<Record<string, unknown>>;
  /** The first day that the output has. */
  from: string;
  /** The last whole day up to which every window is committed. */
  through: string;
}

const schema = 1;

/** The state at `path`; undefined when there is none. Throws a Failure when it belongs to another export. */
export async function readState(
  path: string,
  identity: ExportState['identity'],
): Promise<ExportState | undefined> {
  const text = await explained(`read ${path}`, async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
  if (text === undefined) return undefined;
  const state = parseState(text);
  if (state === undefined) {
    throw new Failure('local', `${path} is damaged`, {
      hint: 'remove it; the next run then fetches everything again',
    });
  }
  const different = differences(state.identity, identity);
  if (different.length > 0) {
    throw new Failure('usage', `${path} belongs to an export with other ${different.join(', ')}`, {
      hint: 'choose another --output, or remove that file to begin again',
    });
  }
  return state;
}

export async function writeState(path: string, state: ExportState): Promise<void> {
  await writeWhole(path, `${JSON.stringify({ schema, ...state }, undefined, 2)}\n`);
}

function parseState(text: string): ExportState | undefined {
  try {
    const value = JSON.parse(text) as Partial<ExportState> & { schema?: unknown };
    const whole =
      value.schema === schema &&
      typeof value.identity === 'object' &&
      typeof value.from === 'string' &&
      typeof value.through === 'string';
    return whole ? (value as ExportState) : undefined;
  } catch {
    return undefined;
  }
}

function differences(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
): string[] {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].filter((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]));
}
