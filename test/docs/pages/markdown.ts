/** docs/commands.md from the command tree. */
import type { ProgramDocument } from '../../../src/commands/describe/document.ts';
import { allNodes, type CommandNode, type OptionNode } from '../../../src/commands/tree/node.ts';
import { OPTION_GROUPS, type OptionGroup } from '../../../src/settings/option-groups.ts';

/** The whole page; `npm run docs` writes it. */
export function commandsPage(program: ProgramDocument): string {
  const commands = allNodes(program).slice(1);
  const index = commands.map(
    (node) => `- [\`${nameOf(node)}\`](#${nameOf(node).replaceAll(' ', '-')}): ${escape(node.summary)}`,
  );
  return `${[
    '# Commands',
    'Made by `npm run docs` from what the program says of itself (`scarf-cli describe --json`); change it there. Values are taken from the flag, the environment variable, the profile or the default, in this order.',
    index.join('\n'),
    ...commands.flatMap(commandSection),
  ].join('\n\n')}\n`;
}

function commandSection(node: CommandNode): string[] {
  return [
    `## ${nameOf(node)}`,
    escape(node.description),
    `\`\`\`text\n${node.usage}\n\`\`\``,
    ...listUnder(
      'Arguments',
      node.arguments.map(({ name, description }) => `- \`${name}\`: ${escape(description)}`),
    ),
    ...groupsOf(node.options).flatMap(([heading, options]) => listUnder(heading, options.map(optionLine))),
    ...listUnder('Environment', node.settings.map(settingLine)),
    ...(node.examples.length === 0
      ? []
      : [`\`\`\`console\n${node.examples.map((line) => `$ ${line}`).join('\n')}\n\`\`\``]),
  ];
}

function listUnder(heading: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`**${heading}**`, lines.join('\n')];
}

function groupsOf(options: readonly OptionNode[]): [heading: string, options: OptionNode[]][] {
  const groups = Object.keys(OPTION_GROUPS) as OptionGroup[];
  return groups.flatMap((group) => {
    const members = options.filter((option) => option.group === group);
    return members.length === 0 ? [] : [[OPTION_GROUPS[group], members] as [string, OptionNode[]]];
  });
}

function optionLine(option: OptionNode): string {
  return `- \`${option.flags}\`: ${escape(option.description)}${notesOf(option)}`;
}

function settingLine(option: OptionNode): string {
  return `- ${option.environment.map((name) => `\`${name}\``).join(', else ')}: ${escape(option.description)}`;
}

/** What stands behind the description, in one sentence each. */
function notesOf({ choices, default: value, effect, environment, repeatable }: OptionNode): string {
  const notes = [
    ...(choices ? [`One of ${choices.join(', ')}.`] : []),
    ...(value === undefined ? [] : [`Default: ${value}.`]),
    ...(repeatable ? ['May be repeated.'] : []),
    ...(environment.length === 0 ? [] : [`Environment: ${environment.join(', else ')}.`]),
  ];
  const where = effect === undefined ? '' : ` (${effect})`;
  return notes.length === 0 ? where : `${where}. ${escape(notes.join(' '))}`;
}

function nameOf({ path }: CommandNode): string {
  return path.join(' ');
}

/** Text as text: nothing in it is markup. */
function escape(text: string): string {
  return text.replace(/[\\`*_<>[\]|$]/g, (character) => `\\${character}`);
}
