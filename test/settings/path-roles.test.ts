/** No option that names a file can be without a role: the guard over all paths of a command follows from it. */
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { optionsDeclaredOn } from '../../src/commands/declared-options.ts';
import { wholeProgram } from '../../src/commands/program.ts';
import { Interruption } from '../../src/interruption.ts';
import { kindOf, readValue } from '../../src/settings/kinds.ts';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { realMachine } from '../../src/real-machine.ts';

/** What an argument is called in help when it is the name of a file. */
const namesFiles = /[<[](file|path|dir|directory|folder|where|destination)\b/;

async function allCommands(): Promise<Command[]> {
  const machine = realMachine();
  const program = await wholeProgram({ machine, interruption: new Interruption(machine), version: '0' });
  const below = (command: Command): Command[] => [command, ...command.commands.flatMap(below)];
  return below(program);
}

const nameOf = (command: Command): string =>
  command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;

it('every option that names a file says what the file is for', async () => {
  const without: string[] = [];
  let withRole = 0;
  for (const command of await allCommands()) {
    for (const spec of optionsDeclaredOn(command)) {
      const isPath = kindOf(spec) === 'path' || namesFiles.test(spec.flags ?? '');
      if (isPath && spec.path === undefined) without.push(`${nameOf(command)} ${spec.flags}`);
      if (spec.path !== undefined) withRole += 1;
    }
  }
  expect(without).toEqual([]);
  expect(withRole).toBeGreaterThan(10);
});

it('takes an address only where objects of buckets are written', async () => {
  const taking = new Set<string>();
  for (const command of await allCommands()) {
    for (const spec of optionsDeclaredOn(command)) {
      if (spec.path === undefined) continue;
      if (takes(spec, 's3://bucket/name'))
        taking.add(`${nameOf(command)} --${spec.flags?.slice(2).split(' ')[0]}`);
      expect(takes(spec, 'name')).toBe(true);
      if (spec.path.role !== 'output') continue;
      for (const unwritable of ['https://example.com/name', 'HTTP://example.com/', 's3://bucket', 'gs://'])
        expect(takes(spec, unwritable), `${spec.flags} ${unwritable}`).toBe(false);
    }
  }
  const flags = new Set([...taking].map((one) => one.split(' --')[1]));
  expect([...flags].sort()).toEqual(['html', 'metrics', 'output', 'rejects', 'report']);
  expect([...taking].filter((one) => /^scarf-cli (report|sandbox|runs merge)/.test(one))).toEqual([]);
});

function takes(spec: OptionSpec, text: string): boolean {
  try {
    return [readValue(spec, text)].flat()[0] === text;
  } catch {
    return false;
  }
}

it('no option that names a file was declared in another way', async () => {
  const strangers: string[] = [];
  for (const command of await allCommands()) {
    const specs = optionsDeclaredOn(command);
    const declared = new Set(specs.flatMap(({ flags, fileFlags }) => [flags, fileFlags]));
    for (const { flags } of command.options) {
      if (namesFiles.test(flags) && !declared.has(flags)) strangers.push(`${nameOf(command)} ${flags}`);
    }
  }
  expect(strangers).toEqual([]);
});

it('only options of secrets read files without a role of their own', async () => {
  for (const command of await allCommands()) {
    for (const { fileFlags, secret } of optionsDeclaredOn(command)) {
      expect(fileFlags === undefined || secret === true).toBe(true);
    }
  }
});
