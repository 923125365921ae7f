/** Prints the result of `check --infer`: comments and a command for a shell, or one JSON document. */
import type { Machine } from '../../machine.ts';
import { processMask } from '../../masking/process-mask.ts';
import { printable } from '../../report/terminal/printable.ts';
import { countOf } from '../../report/terminal/numbers.ts';
import type { FieldFinding, Proposal } from '../../shaping/reshape/infer.ts';
import type { Inferred } from './infer.ts';
import { inputArgument, shellLine } from './ready-command.ts';

export interface Printing {
  /** `import`, or `ingest moesif`. */
  verb: readonly string[];
  vendor: string;
  /** As the user typed them. */
  patterns: readonly string[];
  /** Options that the user typed and that apply to the command too. */
  typed: readonly string[];
}

/** Prints the proposals as text that a shell can run. */
export function printProposals(inferred: readonly Inferred[], printing: Printing, machine: Machine): void {
  for (const one of inferred) {
    const { inputs, proposal } = one;
    const lines = [
      ...inputs.map(({ path, format, rows, columns }) => {
        const what = `${format}, ${countOf(columns, 'column')}, ${countOf(rows, 'row')} looked at`;
        return `${path}: ${what}`;
      }),
      ...proposal.fields.map(sentenceAbout),
      ...proposal.notes,
    ];
    for (const line of lines) machine.stdout.write(`# ${printable(line)}\n`);
    machine.stdout.write(`${shellLine(commandOf(one, printing, inferred.length === 1))}\n`);
  }
}

/** Whether every required field is found, so that the command can be run as it stands. */
export function isReady({ fields }: Proposal): boolean {
  return fields.every(({ isRequired, from }) => !isRequired || from !== undefined);
}

/** Prints one JSON document. */
export function writeProposals(
  inferred: readonly Inferred[],
  printing: Printing & { exit: number },
  machine: Machine,
): void {
  const proposals = inferred.map((one) => {
    const argv = commandOf(one, printing, inferred.length === 1);
    const { inputs, proposal, options } = one;
    const fields = proposal.fields.map(({ field, isRequired, from, hint }) => ({
      field,
      required: isRequired,
      found: from !== undefined,
      from: from ?? null,
      ...(hint === undefined ? {} : { hint }),
    }));
    const { notes } = proposal;
    return { inputs, fields, options, notes, isReady: isReady(proposal), argv, command: shellLine(argv) };
  });
  const { vendor, exit } = printing;
  const document = { schema: 1, command: 'check', vendor, proposals, exit };
  machine.stdout.write(`${processMask.json(JSON.stringify(document))}\n`);
}

function sentenceAbout({ field, isRequired, from, hint }: FieldFinding): string {
  if (from !== undefined) return from === field ? `found: ${field}` : `found: ${field}, in ${from}`;
  const ways = ['map a column with --map', ...(hint === undefined ? [] : [`give all rows one with ${hint}`])];
  return isRequired
    ? `not found: ${field.includes(', ') ? `one of ${field}` : field} (required): ${ways.join(', or ')}`
    : `not found: ${field}: rows are sent without it, unless a column is mapped with --map`;
}

/** Inputs by their patterns where one command covers all. */
function commandOf(
  { inputs, options }: Inferred,
  { verb, patterns, typed }: Printing,
  isOnly: boolean,
): string[] {
  const names = isOnly ? patterns : inputs.map(({ path }) => path);
  return ['scarf-cli', ...verb, ...names.map(inputArgument), ...typed, ...options];
}
