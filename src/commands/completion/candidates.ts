/** Computes what a shell may offer for the word under the cursor, from the command tree alone. */
import { allNodes, findNode, type CommandNode, type Completion, type OptionNode } from '../tree/node.ts';

export interface Candidate {
  value: string;
  description: string;
}

/**
 * Words to offer, or a kind of value that the shell completes itself. The caller looks up values of other
 * kinds.
 */
export type Offer =
  | { kind: 'words'; words: readonly Candidate[] }
  | { kind: 'files' | 'directories' }
  | { kind: 'lookup'; of: 'profiles' | 'runs' | 'imports' };

/**
 * `words` follow the program's name; the last one is being completed and may be empty. After `--flag=` the
 * value is offered without the flag, which the shell's script adds again.
 */
export function completionFor(root: CommandNode, words: readonly string[]): Offer {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const node = findNode(root, commandWords(root, before));
  const attached = /^(--[\w-]+)=/.exec(current);
  const flag = attached?.[1] ?? before.at(-1);
  const option = optionOf(node, flag);
  if (option?.takesValue === true && (attached || !before.slice(0, -1).includes('--'))) {
    return offerOf(option.completes, root);
  }
  if (before.includes('--')) return { kind: 'files' };
  if (current.startsWith('-')) return wordsOf(flagsOf(node, before));
  if (node.commands.length > 0) {
    return wordsOf(
      node.commands.map(({ path, summary }) => ({ value: path.at(-1) ?? '', description: summary })),
    );
  }
  return offerOf(argumentOf(node, before), root);
}

function offerOf(completes: Completion, root: CommandNode): Offer {
  if (completes === 'nothing') return wordsOf([]);
  if (completes === 'files' || completes === 'directories') return { kind: completes };
  if (completes === 'commands') {
    const verbs = root.commands.map(({ path, summary }) => ({ value: path[0] ?? '', description: summary }));
    return wordsOf(verbs);
  }
  if (typeof completes === 'string') return { kind: 'lookup', of: completes };
  return wordsOf(completes.choices.map((value) => ({ value, description: '' })));
}

function wordsOf(words: readonly Candidate[]): Offer {
  return { kind: 'words', words };
}

/** Flags that may still be given: those that are not repeatable only once. */
function flagsOf(node: CommandNode, before: readonly string[]): Candidate[] {
  const left = node.options.filter(({ long, repeatable }) => repeatable || !before.includes(long ?? ''));
  return left.flatMap(({ long, description }) => (long === undefined ? [] : [{ value: long, description }]));
}

/** The completion of the argument under the cursor. A variadic argument takes all further words. */
function argumentOf(node: CommandNode, before: readonly string[]): Completion {
  const given = positionalsOf(node, before).length - node.path.length;
  const argument = node.arguments[given] ?? node.arguments.findLast(({ variadic }) => variadic);
  return argument?.completes ?? 'nothing';
}

/** The words that are neither flags nor values of flags. */
function positionalsOf(node: CommandNode, words: readonly string[]): string[] {
  return words.filter((word, index) => {
    if (word.startsWith('-')) return false;
    return optionOf(node, words[index - 1])?.takesValue !== true;
  });
}

/**
 * The words that select the command, without flags and their values. Flags of any command count, since the
 * command is not known yet.
 */
function commandWords(root: CommandNode, words: readonly string[]): string[] {
  const takesValue = new Set(
    allNodes(root).flatMap(({ options }) =>
      options.filter(({ takesValue: takes }) => takes).map(({ long }) => long),
    ),
  );
  return words.filter((word, index) => !word.startsWith('-') && !takesValue.has(words[index - 1]));
}

function optionOf(node: CommandNode, flag: string | undefined): OptionNode | undefined {
  return node.options.find(({ long, short }) => flag !== undefined && (flag === long || flag === short));
}
