import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { Mask } from '../../src/masking/mask.ts';
import { maskedOutput } from '../../src/masking/masked-output.ts';
import { writtenTo } from '../written-to.ts';

test('a hook on `write`, such as a spinner puts there, is called once and taken off again', () => {
  const stream = new PassThrough();
  const output = maskedOutput(stream, new Mask());
  const write = output.write.bind(output);
  const seen: unknown[] = [];
  output.write = ((chunk: unknown): boolean => {
    seen.push(chunk);
    return write(chunk, 'utf8');
  }) as typeof output.write;
  output.write('one');
  output.write = write;
  output.write('two');
  expect(seen).toEqual(['one']);
  expect(writtenTo(stream)).toBe('onetwo');
});
