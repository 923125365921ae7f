/** The command tree as plain data: what `describe --json` prints, and what docs, man pages and completions are made from. */
import type { OptionGroup } from '../../settings/option-groups.ts';
import type { OptionKind } from '../../settings/option-spec.ts';

/** One command with all that can be given to it. */
export interface CommandNode {
  /** The words that call it, the program's name apart; empty for the program itself. */
  path: readonly string[];
  summary: string;
  description: string;
  /** As in the first line of its help, without `Usage:`. */
  usage: string;
  arguments: readonly ArgumentNode[];
  options: readonly OptionNode[];
  /** Settings that only an environment variable or a profile gives: secrets. */
  settings: readonly OptionNode[];
  /** Command lines that can be pasted. */
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
  /** Whether `--help` lists it; the others are listed by `--help-all`. */
  common: boolean;
  /** What kind of value it takes; a flag takes none. */
  kind: OptionKind;
  takesValue: boolean;
  choices?: readonly string[];
  /** As the user would write it. */
  default?: string;
  repeatable: boolean;
  /** The variables that set it, the first one wins; empty: none does. */
  environment: readonly string[];
  secret: boolean;
  /** Whether it decides which bytes leave and where to. */
  recipe: boolean;
  completes: Completion;
}

/** What a shell offers in the place of a value. */
export type Completion =
  | 'nothing'
  | 'files'
  | 'directories'
  | 'commands'
  | 'profiles'
  | 'runs'
  | 'imports'
  | { choices: readonly string[] };

/** The node of the command that these words call, or as far down as they lead. */
export function findNode(root: CommandNode, words: readonly string[]): CommandNode {
  const [word, ...rest] = words;
  const next = root.commands.find(({ path }) => path.at(-1) === word);
  return next === undefined ? root : findNode(next, rest);
}

/** The node and all below it, a parent before its children. */
export function allNodes(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(allNodes)];
}
