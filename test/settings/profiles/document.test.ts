import { describe, expect, it } from 'vitest';
import { checkedProfileName, ProfileDocument } from '../../../src/settings/profiles/document.ts';

function documentOf(value: unknown): ProfileDocument {
  const document = ProfileDocument.from(value);
  if (typeof document === 'string') throw new Error(document);
  return document;
}

const jsonOf = (document: ProfileDocument) => JSON.parse(JSON.stringify(document)) as unknown;

it('takes a file from before there were profiles for the default profile', () => {
  const document = documentOf({ scarf: { owner: 'acme' }, moesif: { single: true } });
  expect(document.names).toEqual(['default']);
  expect(document.used).toBe('default');
  expect(document.values('default', 'scarf')).toEqual({ owner: 'acme' });
  expect(jsonOf(document.with('default', 'scarf', { owner: 'b' }))).toEqual({
    scarf: { owner: 'b' },
    moesif: { single: true },
  });
});

describe('profiles side by side', () => {
  const document = documentOf({ scarf: { owner: 'acme' } }).with('work', 'scarf', { owner: 'work' });

  it('share nothing', () => {
    expect(document.values('work', 'scarf')).toEqual({ owner: 'work' });
    expect(document.values('work', 'moesif')).toEqual({});
    expect(document.values('default', 'scarf')).toEqual({ owner: 'acme' });
  });

  it('are named, the default one first', () => {
    expect(document.with('a', 'scarf', { owner: 'a' }).names).toEqual(['default', 'a', 'work']);
  });

  it('stand beside the default one in the file', () => {
    expect(jsonOf(document.using('work'))).toEqual({
      scarf: { owner: 'acme' },
      profiles: { work: { scarf: { owner: 'work' } } },
      use: 'work',
    });
    expect(jsonOf(document.using('work').using('default'))).toEqual(jsonOf(document));
  });

  it('go with their last value, unless in use', () => {
    expect(document.with('work', 'scarf', {}).names).toEqual(['default']);
    expect(document.using('work').with('work', 'scarf', {}).names).toEqual(['default', 'work']);
  });
});

it('keeps what it does not know', () => {
  const value = { future: 3, scarf: { owner: 'a', later: [1] }, profiles: { work: { other: { x: 1 } } } };
  const changed = documentOf(value).with('work', 'scarf', { owner: 'b' });
  expect(jsonOf(changed)).toEqual({
    ...value,
    profiles: { work: { other: { x: 1 }, scarf: { owner: 'b' } } },
  });
});

it.each(['work', 'a', 'A.b-c_d9', '9', 'x'.repeat(64)])('%j names a profile', (name) => {
  expect(checkedProfileName(name)).toBe(name);
});

it.each([
  '',
  '-work',
  '.work',
  '../work',
  'a b',
  'a/b',
  '__proto__',
  'a\u001b[31m',
  'ä',
  'x'.repeat(65),
  'a\n',
])('%j names none', (name) => {
  expect(() => checkedProfileName(name)).toThrow();
});
