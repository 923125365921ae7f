/** The walk of one row in CONTRIBUTING.md, held against the files and their imports. */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importsOf } from '../imports.ts';
import { readDocument, tableUnder } from './documents.ts';

interface Step {
  hop: number | undefined;
  file: string;
  way: 'call' | 'yield' | 'return' | '';
  /** What both files know each other by, where neither imports the other. */
  contract: string | undefined;
}

const walks = {
  'Out: from main to the socket': { most: 16, back: 0 },
  'In: from the socket to the sink': { most: 14, back: 0 },
};

function stepsOf(heading: string): Step[] {
  return tableUnder(readDocument('CONTRIBUTING.md'), heading).map(([hop = '', file = '', way = '']) => {
    const [kind = '', contract] = way.split(', ');
    return {
      hop: hop === '' ? undefined : Number(hop),
      file: file.replaceAll('`', ''),
      way: kind as Step['way'],
      contract: contract?.replaceAll('`', ''),
    };
  });
}

/** Also the first, at which the walk begins. */
function isCalled({ way }: Step): boolean {
  return way === 'call' || way === '';
}

const imports = new Map<string, string[]>();

function importedBy(file: string): string[] {
  const known = imports.get(file);
  if (known !== undefined) return known;
  const found = importsOf(readFileSync(file, 'utf8')).map(({ specifier }) =>
    posix.join(posix.dirname(file), specifier),
  );
  imports.set(file, found);
  return found;
}

/** Whether two files know each other: one imports the other, or both import what they agree on. */
function areLinked(one: string, other: string, contract: string | undefined): boolean {
  const [mine, theirs] = [importedBy(one), importedBy(other)];
  if (mine.includes(other) || theirs.includes(one)) return true;
  const knows = (file: string, imported: readonly string[]) =>
    file === contract || imported.includes(contract ?? '');
  return contract !== undefined && knows(one, mine) && knows(other, theirs);
}

function roomsOf(steps: readonly Step[]): string[] {
  const rooms = steps.map(({ file }) => file.split('/')[1] ?? '').map((name) => name.replace(/\.ts$/, ''));
  return rooms.filter((room, index) => room !== rooms[index - 1]);
}

describe.each(Object.entries(walks))('%s', (heading, { most, back }) => {
  const steps = stepsOf(heading);

  test('names files that are there', () => {
    expect(steps.length).toBeGreaterThan(5);
    expect(steps.filter(({ file }) => !existsSync(file))).toEqual([]);
  });

  test('counts each call once, and nothing else', () => {
    const [called, others] = [steps.filter(isCalled), steps.filter((step) => !isCalled(step))];
    expect(called.map(({ hop }) => hop)).toEqual(called.map((_, index) => index));
    expect(others.filter(({ hop }) => hop !== undefined)).toEqual([]);
    expect(called.length - 1).toBeLessThanOrEqual(most);
  });

  test('goes from file to file as they know each other', () => {
    const strange = steps.filter(
      ({ file, contract }, index) =>
        index > 0 && !steps.slice(0, index).some((earlier) => areLinked(earlier.file, file, contract)),
    );
    expect(strange.map(({ file }) => file)).toEqual([]);
  });

  test('enters no room again, but where it says so', () => {
    const rooms = roomsOf(steps);
    expect(rooms.length - new Set(rooms).size).toBe(back);
  });
});
