/** What holds for every command and every flag: help, man page and docs follow from one tree. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ProgramDocument } from '../../../src/commands/describe/document.ts';
import { allNodes, findNode, type CommandNode, type OptionNode } from '../../../src/commands/tree/node.ts';
import { EXIT_MEANINGS } from '../../../src/failure.ts';
import { OPTION_GROUPS } from '../../../src/settings/option-groups.ts';
import { programDocument } from '../../docs/pages/program.ts';
import { runCli } from '../../machine.ts';

const program: ProgramDocument = await programDocument('0.0.0');
const nodes = allNodes(program).map((node) => ({ words: node.path.join(' '), node }));

const helpOf = async (node: CommandNode, flag: string) =>
  (await runCli([...node.path, flag], { directory: process.cwd() })).stdout;

describe.each(nodes)('scarf-cli $words', ({ node }) => {
  it('has a summary, a description, and three examples', () => {
    expect(node.summary).not.toBe('');
    expect(node.description).not.toBe('');
    expect(node.examples.length).toBeGreaterThanOrEqual(3);
  });

  it('describes every argument and every flag, and says which variables set it', () => {
    const described = [...node.arguments, ...node.options, ...node.settings];
    expect(described.filter(({ description }) => description === '')).toEqual([]);
    for (const { group, environment } of [...node.options, ...node.settings]) {
      expect(Object.keys(OPTION_GROUPS)).toContain(group);
      expect(environment.filter((name) => !/^[A-Z][A-Z0-9_]+$/.test(name))).toEqual([]);
    }
    expect(node.settings.filter(({ environment }) => environment.length === 0)).toEqual([]);
  });

  it('uses only flags in its examples that exist', () => {
    for (const line of node.examples) {
      const [, ours = ''] = /(?:^|[ (])scarf-cli ([^|>&)]*)/.exec(line) ?? [];
      const [words = ''] = ours.split(' -- ');
      const called = findNode(program, words.split(' '));
      const flags = [...words.matchAll(/(?:^| )(--[a-z][\w-]*)/g)].map(([, flag]) => flag);
      const known = [program, called].flatMap(({ options }) => options.flatMap(bothForms));
      expect([line, flags.filter((flag = '') => !known.includes(flag))]).toEqual([line, []]);
    }
  });

  it('has help of at most 60 lines, with the options that people need first', async () => {
    const help = await helpOf(node, '--help');
    expect(help.trimEnd().split('\n').length).toBeLessThanOrEqual(60);
    expect(flagsIn(help)).toEqual(longsOf(node.options.filter(({ common }) => common)));
  });

  it('lists every flag in full help, on its man page and in docs/commands.md', async () => {
    const listsAll = node.options.some(({ long }) => long === '--help-all');
    const help = await helpOf(node, listsAll ? '--help-all' : '--help');
    expect(flagsIn(help)).toEqual(longsOf(node.options));
    const manual = readFileSync(`man/${['scarf-cli', ...node.path].join('-')}.1`, 'utf8');
    const inManual = [...manual.matchAll(/^\.It (?:Fl \w , )?Fl Fl ([\w-]+)/gm)].map(
      ([, name]) => `--${name}`,
    );
    expect(inManual.sort()).toEqual(longsOf(node.options));
    if (node.path.length === 0) return;
    const page = readFileSync('docs/commands.md', 'utf8').split('\n## ');
    const section = page.find((text) => text.startsWith(`${node.path.join(' ')}\n`)) ?? '';
    const inPage = [...section.matchAll(/^- `(?:-\w, )?(--[\w-]+)/gm)].map(([, flag = '']) => flag);
    expect(inPage.sort()).toEqual(longsOf(node.options));
  });
});

describe('describe --json', () => {
  let document: ProgramDocument;
  beforeAll(async () => {
    document = JSON.parse(
      (await runCli(['describe', '--json'], { directory: process.cwd() })).stdout,
    ) as ProgramDocument;
  });

  it('is one versioned document with the whole tree and the exit codes', () => {
    expect(document).toMatchObject({ schema: 1, name: 'scarf-cli' });
    expect(allNodes(document).map(({ path }) => path)).toEqual(allNodes(program).map(({ path }) => path));
    expect(document.exitCodes).toContainEqual({
      code: 0,
      name: 'ok',
      meaning: EXIT_MEANINGS.find(({ name }) => name === 'ok')?.meaning,
    });
  });

  it('has no secret that could be given on the command line', () => {
    const options = allNodes(document).flatMap((node) => node.options);
    expect(options.filter(({ secret }) => secret)).toEqual([]);
  });
});

function longsOf(options: readonly OptionNode[]): string[] {
  return options.flatMap(({ long }) => (long === undefined ? [] : [long])).sort();
}

function bothForms({ long = '', short = '' }: OptionNode): string[] {
  return [long, short, long.replace(/^--no-/, '--')];
}

/** Flags that stand where help lists an option, not where a description names one. */
function flagsIn(help: string): string[] {
  return [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z][\w-]*)/gm)].map(([, flag = '']) => flag).sort();
}
