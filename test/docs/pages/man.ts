/** Manual pages from the command tree, in mdoc: one for the program and one a command. */
import type { ProgramDocument } from '../../../src/commands/describe/document.ts';
import { allNodes, type CommandNode, type OptionNode } from '../../../src/commands/tree/node.ts';
import { OPTION_GROUPS, type OptionGroup } from '../../../src/settings/option-groups.ts';

/** Pages by file name; `released` is the date of the release, as YYYY-MM-DD. */
export function manualPages(program: ProgramDocument, released: string): Map<string, string> {
  return new Map(
    allNodes(program).map((node) => {
      const name = ['scarf-cli', ...node.path].join('-');
      return [`${name}.1`, page(node, { name, program, released })];
    }),
  );
}

interface PageContext {
  name: string;
  program: ProgramDocument;
  released: string;
}

function page(node: CommandNode, { name, program, released }: PageContext): string {
  const lines = [
    `.Dd ${mdocDate(released)}`,
    `.Dt ${name.toUpperCase()} 1`,
    '.Os',
    '.Sh NAME',
    `.Nm ${name}`,
    `.Nd ${text(node.summary.replace(/\.$/, ''))}`,
    '.Sh SYNOPSIS',
    `.Nm ${['scarf-cli', ...node.path].join(' ')}`,
    ...node.arguments.map(synopsisOf),
    '.Op Ar options',
    '.Sh DESCRIPTION',
    ...prose(node.description),
    ...commandList(node),
    ...argumentList(node),
    ...optionLists(node.options),
    ...environment(node, program),
    ...exitStatus(program),
    ...examples(node),
  ];
  return `${lines.join('\n')}\n`;
}

function synopsisOf({ name, required, variadic }: CommandNode['arguments'][number]): string {
  const more = variadic ? ' ...' : '';
  return required ? `.Ar ${name}${more}` : `.Op Ar ${name}${more}`;
}

function commandList({ commands }: CommandNode): string[] {
  if (commands.length === 0) return [];
  const items = commands.flatMap(({ path, summary }) => [`.It Cm ${path.at(-1) ?? ''}`, ...prose(summary)]);
  return ['.Pp', 'The commands are:', '.Bl -tag -width Ds', ...items, '.El'];
}

function argumentList(node: CommandNode): string[] {
  if (node.arguments.length === 0) return [];
  const items = node.arguments.flatMap(({ name, description }) => [
    `.It Ar ${name}`,
    ...prose(description || name),
  ]);
  return ['.Pp', 'The arguments are:', '.Bl -tag -width Ds', ...items, '.El'];
}

function optionLists(options: readonly OptionNode[]): string[] {
  const groups = Object.keys(OPTION_GROUPS) as OptionGroup[];
  return groups.flatMap((group) => {
    const members = options.filter((option) => option.group === group);
    if (members.length === 0) return [];
    return ['.Ss ' + OPTION_GROUPS[group], '.Bl -tag -width Ds', ...members.flatMap(optionItem), '.El'];
  });
}

function optionItem(option: OptionNode): string[] {
  const [, argument] = /[<[]([^>\]]+)[>\]]/.exec(option.flags) ?? [];
  const value = argument === undefined ? '' : ` Ar ${text(argument)}`;
  const long = `Fl Fl ${(option.long ?? '').slice(2)}`;
  const item =
    option.short === undefined ? `.It ${long}${value}` : `.It Fl ${option.short.slice(1)} , ${long}${value}`;
  const notes = [
    ...(option.choices ? [`One of: ${option.choices.join(', ')}.`] : []),
    ...(option.default === undefined ? [] : [`Default: ${option.default}.`]),
    ...(option.repeatable ? ['May be repeated.'] : []),
    option.environment.length === 0
      ? 'Environment: none.'
      : `Environment: ${option.environment.join(', else ')}.`,
  ];
  const where = option.effect === undefined ? '' : ` (${option.effect})`;
  return [item, ...prose([`${option.description}${where}.`, ...notes].join(' '))];
}

function environment({ settings, path }: CommandNode, program: ProgramDocument): string[] {
  const own = settings.flatMap(({ environment: names, description }) => [
    ...names.map((name) => `.It Ev ${name}`),
    ...prose(`${description}.`),
  ]);
  const conventions =
    path.length > 0
      ? []
      : program.environment.flatMap(({ name, meaning }) => [`.It Ev ${name}`, ...prose(`${meaning}.`)]);
  const items = [...own, ...conventions];
  return items.length === 0 ? [] : ['.Sh ENVIRONMENT', '.Bl -tag -width Ds', ...items, '.El'];
}

function exitStatus({ exitCodes }: ProgramDocument): string[] {
  const items = exitCodes.flatMap(({ code, meaning }) => [`.It ${code}`, ...prose(`${meaning}.`)]);
  return [
    '.Sh EXIT STATUS',
    'When several hold, the first in this list counts:',
    '.Bl -tag -width Ds',
    ...items,
    '.El',
  ];
}

function examples({ examples: lines }: CommandNode): string[] {
  return lines.length === 0
    ? []
    : ['.Sh EXAMPLES', '.Bd -literal', ...lines.map((line) => text(line)), '.Ed'];
}

/** Sentences, each on lines of its own, none of them longer than mdoc likes. */
function prose(words: string): string[] {
  return words.split(/(?<=[.!?]) (?=[A-Z])/).flatMap((sentence) => {
    const lines: string[] = [];
    for (const word of sentence.split(' ').map(escape)) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + word.length < maxColumns)
        lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return lines.map(guard);
  });
}

const maxColumns = 76;

/** A line of text as it is: no escape, and no request at its beginning. */
function text(words: string): string {
  return guard(escape(words));
}

function escape(words: string): string {
  return words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('"', '\\(dq');
}

function guard(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

function mdocDate(date: string): string {
  return new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date));
}
