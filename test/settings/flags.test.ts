import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { addOptions, givenFlags } from '../../src/settings/flags.ts';

const specs: readonly OptionSpec[] = [
  {
    name: 'owner',
    flags: '--owner <name>',
    environment: ['SCARF_OWNER', 'SCARF_ENTITY_NAME'],
    description: 'whose events',
  },
  {
    name: 'maxActive',
    flags: '--max-active <n>',
    kind: 'count',
    minimum: 1,
    default: 15,
    description: 'open imports',
  },
  {
    name: 'chunkSize',
    flags: '--chunk-size <size>',
    kind: 'byteSize',
    default: 32 * 1024 * 1024,
    description: 'one request',
  },
  { name: 'wait', flags: '--no-wait', default: true, description: 'do not wait' },
  { name: 'json', flags: '--json', description: 'one JSON document' },
  { name: 'map', flags: '--map <pair>', repeatable: true, description: 'rename a key' },
  {
    name: 'fillId',
    flags: '--fill-id <way>',
    choices: ['position', 'content', 'off'],
    default: 'off',
    description: 'ids',
  },
  { name: 'token', environment: ['SCARF_API_TOKEN'], secret: true, description: 'the API token' },
];

function commandOf(): Command {
  const command = new Command('import').exitOverride().configureOutput({ writeErr: () => undefined });
  addOptions(command, specs);
  return command;
}

function parse(...argv: string[]): Record<string, unknown> {
  const command = commandOf();
  command.parse(argv, { from: 'user' });
  return givenFlags(command, specs);
}

describe('flags', () => {
  it.each([
    [[], {}],
    [['--owner', 'acme'], { owner: 'acme' }],
    [['--max-active', '3'], { maxActive: 3 }],
    [['--max-active', '15'], { maxActive: 15 }],
    [['--chunk-size', '8KiB'], { chunkSize: 8192 }],
    [['--no-wait'], { wait: false }],
    [['--wait'], { wait: true }],
    [['--wait', '--no-wait'], { wait: false }],
    [['--json'], { json: true }],
    [['--map', 'a=b', '--map', 'c=d'], { map: ['a=b', 'c=d'] }],
    [['--fill-id', 'content'], { fillId: 'content' }],
  ])('%j gives %j', (argv, given) => {
    expect(parse(...argv)).toEqual(given);
  });

  it.each([
    [['--max-active', 'many'], '--max-active', 'is not a whole number'],
    [['--max-active', '0'], '--max-active', 'at least 1'],
    [['--chunk-size', '32M'], '--chunk-size', '32MiB'],
    [['--fill-id', 'random'], '--fill-id', 'position, content, off'],
  ])('%j is a usage error that names the flag', (argv, flag, words) => {
    const thrown = catchError(() => parse(...argv));
    expect(thrown).toMatchObject({ kind: 'usage' });
    expect(thrown.message).toContain(flag);
    expect(thrown.message).toContain(words);
  });

  it('keeps nothing between two commands', () => {
    parse('--map', 'a=b');
    expect(parse('--map', 'c=d')).toEqual({ map: ['c=d'] });
  });
});

describe('help', () => {
  const help = () => {
    let text = '';
    commandOf()
      .configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 200 })
      .outputHelp();
    return text;
  };

  it.each([
    'env: SCARF_OWNER, else SCARF_ENTITY_NAME',
    'default: 15',
    'default: 32MiB',
    'one of: position, content, off; default: off',
    'may be repeated',
    '--no-wait',
    'SCARF_API_TOKEN',
    'the API token',
  ])('shows %s', (part) => {
    expect(help()).toContain(part);
  });

  it('leaves out the positive twin of a negative flag', () => {
    expect(help()).not.toMatch(/--wait\b/);
  });
});

function catchError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}
