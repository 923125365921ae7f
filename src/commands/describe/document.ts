/** The document of `describe --json`. */
import type { Command } from 'commander';
import { EXIT, EXIT_MEANINGS } from '../../failure.ts';
import { CONVENTIONS } from '../help/topics/environment.ts';
import { TOPICS } from '../help/topics/topics.ts';
import { treeOf } from '../tree/build.ts';
import type { CommandNode } from '../tree/node.ts';

/** Everything that a wrapper needs to call the program. Within one `schema` number keys are only added. */
export interface ProgramDocument extends CommandNode {
  schema: 1;
  name: string;
  version: string;
  /** In order of precedence: when several apply, the first counts. */
  exitCodes: readonly { code: number; name: string; meaning: string }[];
  /** Variables that belong to no option. */
  environment: readonly { name: string; meaning: string }[];
  topics: readonly { name: string; summary: string }[];
}

/** `program` must have every verb declared. */
export function describeProgram(program: Command, version: string): ProgramDocument {
  return {
    schema: 1,
    name: program.name(),
    version,
    ...treeOf(program),
    exitCodes: EXIT_MEANINGS.map(({ name, meaning }) => ({ code: EXIT[name], name, meaning })),
    environment: CONVENTIONS.map(([name, meaning]) => ({ name, meaning })),
    topics: TOPICS.map(({ name, summary }) => ({ name, summary })),
  };
}
