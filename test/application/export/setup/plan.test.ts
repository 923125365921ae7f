import { expect, test } from 'vitest';
import { costNotice } from '../../../../src/application/export/setup/plan.ts';

test.each([
  ['a year of days', { from: '2026-01-01', to: '2026-12-31' }, 365],
  ['what has no days', undefined, 4000],
])('%s is worth no word', (_name, days, requests) => {
  expect(costNotice(days, requests)).toBeUndefined();
});

test('a slip that asks for centuries is told what it costs', () => {
  const notice = costNotice({ from: '1753-02-11', to: '2026-11-26' }, 3226);
  expect(notice?.code).toBe('many-requests');
  expect(notice?.message).toMatch(/^1753-02-11 to 2026-11-26 takes 3226 requests/);
});
