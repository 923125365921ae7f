import { describe, expect, it } from 'vitest';
import { schemaOf, schemaProblems, SCHEMAS } from './schemas.ts';

const failure = { schema: 1, errors: [{ kind: 'usage', message: 'no' }], exit: 2 };

describe.each([...SCHEMAS.keys()])('%s', (name) => {
  it('has a title, says what prints it, and describes every key', () => {
    const schema = SCHEMAS.get(name);
    expect([schema?.['$id'], typeof schema?.['title'], typeof schema?.['description']]).toEqual([
      name,
      'string',
      'string',
    ]);
    expect(undescribed(schema)).toEqual([]);
  });
});

describe('a document', () => {
  it('is held against the schema of what it is', () => {
    expect(schemaOf(failure)).toBe('failure.json');
    expect(schemaProblems(failure, 'failure.json')).toEqual([]);
  });

  it.each([
    ['lacks a key', { schema: 1, errors: [] }],
    ['has a key that is not declared', { ...failure, more: 1 }],
    ['has a value of another type', { ...failure, exit: '2' }],
    ['has a kind of error that there is not', { ...failure, errors: [{ kind: 'odd', message: 'no' }] }],
  ])('that %s is noticed', (_, document) => {
    expect(schemaProblems(document, 'failure.json')).toHaveLength(1);
  });
});

/** Keys without a description, by the path to them; what is described elsewhere needs none. */
function undescribed(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const found = Object.entries(schema as Record<string, unknown>).flatMap(([key, value]) =>
    undescribed(value, `${path}/${key}`),
  );
  const { properties } = schema as { properties?: Record<string, { description?: string; $ref?: string }> };
  const own = Object.entries(properties ?? {}).filter(([, { description, $ref }]) => !description && !$ref);
  return [...own.map(([key]) => `${path}/${key}`), ...found];
}
