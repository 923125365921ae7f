import { expect, test } from 'vitest';
import { PRESETS } from '../../src/formats/presets.ts';
import { readDocument, tableUnder } from './documents.ts';

test('docs/inputs.md lists the presets', () => {
  const rows = PRESETS.map(({ name, reads }) => [`\`${name}\``, reads]);
  expect(tableUnder(readDocument('docs/inputs.md'), 'Presets')).toEqual(rows);
});
