/**
 * Answers a completion script: candidates on standard output, one per line, in the form that `scripts.ts`
 * describes.
 */
import { listRuns } from '../../delivery/ledger/catalog/run-catalog.ts';
import { printable } from '../../report/terminal/printable.ts';
import { findStateDirectory } from '../../settings/state-directory.ts';
import { treeOf } from '../tree/build.ts';
import type { ActionContext } from '../verb.ts';
import { completionFor, type Candidate, type Offer } from './candidates.ts';

/** How many runs to offer, newest first. */
const maxRuns = 30;

/** `words` follow the program's name; the last one is being completed. */
export async function complete(words: readonly string[], context: ActionContext): Promise<void> {
  const offer = completionFor(treeOf(await context.wholeProgram()), words);
  const current = (words.at(-1) ?? '').replace(/^--[\w-]+=/, '');
  const lines = await linesOf(offer, context);
  const fitting = lines.filter(({ value }) => value.startsWith(':') || value.startsWith(current));
  for (const { value, description } of fitting) {
    context.machine.stdout.write(`${value}${description === '' ? '' : `\t${oneLine(description)}`}\n`);
  }
}

async function linesOf(offer: Offer, context: ActionContext): Promise<readonly Candidate[]> {
  switch (offer.kind) {
    case 'words':
      return offer.words;
    case 'files':
    case 'directories':
      return [{ value: `:${offer.kind}`, description: '' }];
    case 'lookup':
      return LOOKUPS[offer.of](context);
  }
}

/** Looks up values on this machine only: a key press must not cause network requests. */
const LOOKUPS: Record<
  Extract<Offer, { kind: 'lookup' }>['of'],
  (context: ActionContext) => Promise<Candidate[]>
> = {
  profiles: async () => [],
  runs: async ({ machine }) => {
    const runs = await keptRuns(machine);
    return runs.map((entry) => ({
      value: entry.run,
      description:
        entry.kind === 'read' ? `${entry.state.start.command} of ${entry.state.start.startedAt}` : 'damaged',
    }));
  },
  imports: async ({ machine }) => {
    const runs = await keptRuns(machine);
    const states = runs.flatMap((entry) => (entry.kind === 'read' ? [entry.state] : []));
    const ended = states.flatMap(({ jobs }) =>
      jobs.map(({ id, status }) => ({ value: id, description: status })),
    );
    const open = states.flatMap(({ open: chunks }) => [...chunks.values()]);
    return [
      ...open.flatMap(({ job }) => (job === undefined ? [] : [{ value: job, description: 'open' }])),
      ...ended,
    ];
  },
};

async function keptRuns(machine: ActionContext['machine']) {
  const directory = findStateDirectory(machine, machine.environment['SCARF_STATE_DIR']);
  return directory === undefined ? [] : (await listRuns(directory)).slice(0, maxRuns);
}

function oneLine(text: string): string {
  return printable(text).replaceAll('\t', ' ');
}
