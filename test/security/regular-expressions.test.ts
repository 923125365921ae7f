/** No line and no reply keeps a regular expression busy for ever. */
import { describe, expect, test } from 'vitest';
import { FORMAT_OPTIONS } from '../../src/formats/options.ts';
import { Mask } from '../../src/masking/mask.ts';
import { printable } from '../../src/report/terminal/printable.ts';
import { compileNameQuery } from '../../src/sandbox/scarf/exports/name-query.ts';
import { readListedFile } from '../../src/vendors/scarf/schedules/listing.ts';
import { openPlace } from '../machine.ts';

/** Linear work takes milliseconds here; what is meant takes minutes, or years. */
const boundMs = 10_000;

describe('--multiline-start', () => {
  /** Short enough to be looked at as a whole. */
  const hostile = `${'a'.repeat(8_000)}!`;

  test.each([
    ['^(a+)+$', 2],
    ['^(a|aa)+$', 2],
    ['^(.*a){20}$', 1],
    ['^(?:a?){40}a{40}$', 1],
    ['(a*)*b', 1],
  ])(
    '%s ends on a line that was made for it',
    async (pattern, rows) => {
      const place = await openPlace();
      const path = await place.write('hostile.log', `${hostile}\n${hostile}\naaaa\nlast\n`);
      const options = ['--format', 'text', '--multiline-start', pattern, '--json'];
      const { report } = await place.runCli(['check', path, ...options]);
      expect(report?.inputs.map((input) => input.rows)).toEqual([rows]);
    },
    boundMs,
  );

  test.each([
    ['^(?=2026)', 'a look-ahead, (?=,'],
    ['a(?!b)', 'a look-ahead, (?!,'],
    ['(?<=a)b', 'a look-behind, (?<=,'],
    ['(?<!a)b', 'a look-behind, (?<!,'],
    ['(a)\\1', 'a back reference, \\1,'],
    ['(?<name>a)\\k<name>', 'a back reference, \\k,'],
    ['(?>a)', 'an atomic group, (?>,'],
    ['(a)?(?(1)b|c)', 'a condition, (?(,'],
    ['(', 'is not a regular expression of RE2: missing closing )'],
    ['\\', 'is not a regular expression of RE2: trailing backslash'],
    ['\\q', 'is not a regular expression of RE2: invalid escape sequence \\q'],
    ['a{1001}', 'is not a regular expression of RE2: invalid repeat count {1001}'],
    ['a{600}b{600}', 'is too large'],
  ])('%s is exit 2, and the message says why', async (pattern, message) => {
    const place = await openPlace();
    const path = await place.write('a.log', 'one\n');
    const argv = ['import', path, '--format', 'text', '--multiline-start', pattern];
    const { exit, stderr } = await place.runCli(argv);
    expect(exit).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(message);
  });

  test('is described as RE2', () => {
    const option = FORMAT_OPTIONS.find(({ name }) => name === 'multilineStart');
    expect(option?.description).toContain('RE2');
  });
});

describe('text of servers', () => {
  const length = 400_000;

  test(
    'of blanks, brackets or a hundred thousand secrets is masked and printed in linear time',
    () => {
      const mask = new Mask();
      mask.add('s3cret-token-of-some-length');
      const secret = 's3cret-token-of-some-length';
      const echoes = `[secret] ${secret} ${secret.slice(0, 9)}. `.repeat(length / 4);
      expect(mask.text(echoes)).toBe('[secret] [secret] [secret]. '.repeat(length / 4));
      const blanks = ' '.repeat(length);
      expect(mask.json(`{"a":"s3cret-token-of-some-length"${blanks}}`)).toBe('{"a":"[secret]"}');
      expect(mask.text(`${')'.repeat(length)}x`, { mayBeCut: true })).toHaveLength(length + 1);
      expect(printable(`x\n${blanks}x`)).toBe(`x\n${blanks}x`);
      expect(printable(`x\n${blanks}::x`)).toBe(`x\n${blanks}\u{fffd}::x`);
    },
    boundMs,
  );

  test(
    'that is a long word of a listing is read in linear time',
    () => {
      for (const one of ['a', '-', 'a-', '-a']) expect(readListedFile(one.repeat(length))).toBeUndefined();
      const file = 'events-scarf-export-2026-11-01-2026-11-01.csv';
      for (const front of ['', '-', '7-', 'X', 'a/b-c/--'])
        expect(readListedFile(front + file)).toMatchObject({ kind: 'events', name: file });
      expect(readListedFile(`company-${file}`)).toMatchObject({ kind: 'company-events' });
    },
    boundMs,
  );

  test(
    'that is a query of many stars ends in the sandbox',
    () => {
      const matches = compileNameQuery(`${'*a'.repeat(40)}*b`);
      expect(matches({ id: 'x', name: 'a'.repeat(200) } as Parameters<typeof matches>[0])).toBe(false);
      const either = compileNameQuery('acme/{web-app,api}*,other.x');
      const names = ['acme/web-app', 'acme/api-2', 'acme/ap', 'other.x', 'otherzx'];
      expect(names.map((name) => either({ id: 'x', name } as Parameters<typeof either>[0]))).toEqual([
        true,
        true,
        false,
        true,
        false,
      ]);
    },
    boundMs,
  );
});
