import { expect, test } from 'vitest';
import { TIME_FORMS } from '../../src/shaping/time/forms.ts';
import { DIRECTIVES } from '../../src/shaping/time/time-format.ts';
import { readDocument, tableUnder } from './documents.ts';

const page = readDocument('docs/times.md');

test('docs/times.md lists the forms that are read', () => {
  const rows = TIME_FORMS.map(({ name, examples, note }) => [
    name,
    examples.map((example) => `\`${example}\``).join(', '),
    note,
  ]);
  expect(tableUnder(page, 'Recognized forms')).toEqual(rows);
});

test('docs/times.md lists the parts of --time-format', () => {
  const rows = Object.entries(DIRECTIVES).map(([letter, { meaning }]) => [`\`%${letter}\``, meaning]);
  expect(tableUnder(page, 'Other forms')).toEqual(rows);
});
