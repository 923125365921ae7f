/**
 * The command tree as plain data: what `describe --json` prints, and what docs, man pages and completions are
 * generated from.
 */
import type { OptionGroup } from '../../settings/option-groups.ts';
import type { OptionKind } from '../../settings/option-spec.ts';

/** A command with everything that can be given to it. */
export interface CommandNode {
  /** The words that call it, without the program's name; empty for the program itself. */
  path: readonly string[];
  summary: string;
  description: string;
  /** As in the first line of its help, without `Usage:`. */
  usage: string;
  arguments: readonly ArgumentNode[];
  options: readonly OptionNode[];
  /** Settings that only an environment variable or a profile can set: secrets. */
  settings: readonly OptionNode[];
  /** Command lines to paste. */
  examples: readonly string[];
  commands: readonly CommandNode[];
}

export interface ArgumentNode {
  name: string;
  description: string;
  required: boolean;
  variadic: boolean;
  completes: Completion;
}

export interface OptionNode {
  /** The key in settings; absent for flags that set nothing, such as `--help`. */
  name?: string;
  long?: string;
  short?: string;
  /** As in help: `--max-active <n>`. */
  flags: string;
  description: string;
  group: OptionGroup;
  /** Whether `--help` lists it; `--help-all` lists the others. */
  common: boolean;
  /** The kind of its value; a flag has none. */
  kind: OptionKind;
  takesValue: boolean;
  choices?: readonly string[];
  /** As the user would write it. */
  default?: string;
  repeatable: boolean;
  /** With which other options it has an effect; absent when it always has one: `with --incremental`. */
  effect?: string;
  /** The variables that set it; the first that is set counts. Empty when there are none. */
  environment: readonly string[];
  secret: boolean;
  /** Whether it affects which bytes are sent and where. */
  recipe: boolean;
  completes: Completion;
}

/** What a shell offers to complete a value. */
export type Completion =
  | 'nothing'
  | 'files'
  | 'directories'
  | 'commands'
  | 'profiles'
  | 'runs'
  | 'imports'
  | { choices: readonly string[] };

/** The node of the command that these words call, or the deepest that they reach. */
export function findNode(root: CommandNode, words: readonly string[]): CommandNode {
  const [word, ...rest] = words;
  const next = root.commands.find(({ path }) => path.at(-1) === word);
  return next === undefined ? root : findNode(next, rest);
}

/** The node and all its descendants, parents before children. */
export function allNodes(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(allNodes)];
}
