import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { EXIT, EXIT_MEANINGS } from '../../src/failure.ts';
import { allNodes } from '../../src/commands/tree/node.ts';
import { runCli } from '../machine.ts';
import { anchorsOf, codeSpansOf, linksOf, readDocument, readDocuments, tableUnder } from './documents.ts';
import { programDocument } from './pages/program.ts';

const documents = readDocuments();

describe.each(documents)('$path', (document) => {
  it('links to what exists', () => {
    const broken = linksOf(document).filter((address) => !/^https?:/.test(address) && !resolves(address));
    expect(broken).toEqual([]);
  });

  it('names files that exist', () => {
    const files = codeSpansOf(document).filter((code) =>
      /^(src|test|docs|fixtures|bin)\/[\w./-]+$/.test(code),
    );
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
  });

  function resolves(address: string): boolean {
    const [file = '', anchor] = address.split('#');
    const path = file === '' ? document.path : join(dirname(document.path), file);
    if (!existsSync(path)) return false;
    const target = documents.find((one) => one.path === path);
    return anchor === undefined || (target !== undefined && anchorsOf(target).includes(anchor));
  }
});

describe('flags', () => {
  let known: Set<string>;
  beforeAll(async () => {
    const options = allNodes(await programDocument('0.0.0')).flatMap((node) => node.options);
    const flags = options.flatMap(({ long }) => (long === undefined ? [] : [long]));
    known = new Set([...flags, ...flags.map((flag) => flag.replace(/^--no-/, '--'))]);
  });

  it.each(documents)('in $path exist', (document) => {
    const commands = document.blocks.flatMap(({ text }) => commandsIn(text));
    const spans = codeSpansOf(document).filter((code) => /^(--|scarf-cli )/.test(code));
    const named = [...commands, ...spans].flatMap((code) => [
      ...code.matchAll(/(?:^|[ '])(--[a-z][a-z-]+)/g),
    ]);
    expect(named.map(([, flag = '']) => flag).filter((flag) => !known.has(flag))).toEqual([]);
  });
});

describe('the exit codes', () => {
  it('in README.md are those of the program', () => {
    const expected = EXIT_MEANINGS.map(({ name, meaning }) => [String(EXIT[name]), meaning]);
    expected.sort(([one], [other]) => Number(one) - Number(other));
    expect(tableUnder(readDocument('README.md'), 'Exit codes')).toEqual(expected);
  });

  it('in docs/design.md stand in their order of precedence', () => {
    const expected = EXIT_MEANINGS.map(({ name }) => [String(EXIT[name]), name]);
    expect(tableUnder(readDocument('docs/design.md'), 'Exit codes')).toEqual(expected);
  });

  it('in the help are those of the table', async () => {
    const { stdout } = await runCli(['help', 'exit-codes'], { directory: process.cwd() });
    const lines = stdout.split('\n').map((line) => /^ +(\d+) {2}(.*)$/.exec(line));
    const listed = lines.flatMap((match) => (match ? [match.slice(1)] : []));
    expect(listed).toEqual(tableUnder(readDocument('README.md'), 'Exit codes'));
  });
});

/** Calls of the program in a script, without what follows a pipe to another program. */
function commandsIn(script: string): string[] {
  const lines = script.replace(/\\\n/g, ' ').split('\n');
  return lines.flatMap((line) => line.split('|')).filter((part) => /^\W*scarf-cli /.test(part));
}
