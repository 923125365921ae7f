import { expect, test } from 'vitest';
import { Grace } from '../../../src/delivery/jobs/grace.ts';
import type { JobState } from '../../../src/records.ts';

const job = (state: JobState['state'], id = 'a'): JobState => ({ id, state, fields: {} });

function graceAt() {
  let nowMs = 0;
  const grace = new Grace({ elapsedMs: () => nowMs });
  const look = (state: JobState['state'], id?: string) => grace.applyTo(job(state, id)).state;
  return { look, pass: (ms: number) => (nowMs += ms) };
}

test('a job is open for a minute though it is missing, however often it is looked for', () => {
  const { look, pass } = graceAt();
  for (let looks = 0; looks < 60; looks++) {
    expect(look('missing')).toBe('open');
    pass(1000);
  }
  expect(look('missing')).toBe('missing');
});

test('a job that is seen again has its minute anew', () => {
  const { look, pass } = graceAt();
  look('missing');
  pass(59_000);
  expect(look('open')).toBe('open');
  pass(59_000);
  expect(look('missing')).toBe('open');
  pass(59_000);
  expect(look('missing')).toBe('open');
  expect(look('done')).toBe('done');
});

test('each job has a minute of its own', () => {
  const { look, pass } = graceAt();
  look('missing', 'a');
  pass(60_000);
  expect(look('missing', 'a')).toBe('missing');
  expect(look('missing', 'b')).toBe('open');
});
