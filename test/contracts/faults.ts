/**
 * What may befall a request with rows, and what a target must say of it. A vendor's case may say otherwise where its
 * documents do.
 */
import type { Fault } from '../../src/sandbox/index.ts';

/** What a target is expected to make of it: an answer, or a Failure of this kind. */
export type Expected = { answer: Record<string, unknown> } | { failure: string };

export interface FaultCase {
  fault: Fault;
  expected: Expected;
}

const again = (taken: 'no' | 'maybe', fields: Record<string, unknown> = {}): Expected => ({
  answer: { kind: 'retry', taken, why: 'transient', ...fields },
});

const status = (code: number, more: Partial<Fault> = {}): Fault => ({
  kind: 'status',
  status: code,
  ...more,
});

const retryAfter = (value: string) => ({ headers: { 'Retry-After': value } });

const html = {
  body: '<!doctype html><html><head><title>Bad Gateway</title></head><body>\u001b[31mnginx</body></html>',
  headers: { 'Content-Type': 'text/html' },
};

/** By name; what holds unless a vendor's case says otherwise. */
export const FAULT_CASES = {
  'an empty 400': { fault: status(400), expected: { answer: { kind: 'refused' } } },
  'a 401': { fault: status(401), expected: { failure: 'credentials' } },
  'a 403': { fault: status(403), expected: { failure: 'credentials' } },
  'a 404': { fault: status(404), expected: { failure: 'usage' } },
  'a 405': { fault: status(405), expected: { failure: 'usage' } },
  'a 413': { fault: status(413), expected: { answer: { kind: 'smaller' } } },
  'a 415': { fault: status(415), expected: { answer: { kind: 'refused' } } },
  'a 422 about a row': {
    fault: status(422, { body: '{"code":"invalid","message":"not so"}' }),
    expected: { answer: { kind: 'refused' } },
  },
  'a 422 for want of room': {
    fault: status(422, { body: '{"message":"Too many active imports"}' }),
    expected: { answer: { kind: 'refused' } },
  },
  'a 429': { fault: status(429), expected: again('no', { why: 'busy' }) },
  'a 429 with seconds': {
    fault: status(429, retryAfter('7')),
    expected: again('no', { why: 'busy', waitMs: 7000 }),
  },
  'a 429 with a date': {
    fault: status(429, retryAfter('Wed, 01 Jul 2026 00:00:09 GMT')),
    expected: again('no', { why: 'busy', waitMs: 9000 }),
  },
  'a 429 with a date in the past': {
    fault: status(429, retryAfter('Wed, 01 Jul 2020 00:00:00 GMT')),
    expected: again('no', { why: 'busy', waitMs: 0 }),
  },
  'a 429 that asks for a day': {
    fault: status(429, retryAfter('86400')),
    expected: again('no', { why: 'busy', waitMs: 300_000 }),
  },
  'a 429 with nonsense': { fault: status(429, retryAfter('later')), expected: again('no', { why: 'busy' }) },
  'a 500': { fault: status(500), expected: again('maybe') },
  'a 500 after the rows were taken': { fault: status(500, { at: 'after' }), expected: again('maybe') },
  'a 502 in HTML': {
    fault: status(502, html),
    expected: again('maybe', { message: '502 Bad Gateway: Bad Gateway' }),
  },
  'a 503 with seconds': { fault: status(503, retryAfter('2')), expected: again('maybe', { waitMs: 2000 }) },
  'a 504': { fault: status(504), expected: again('maybe') },
  'a redirect': {
    fault: status(307, { headers: { Location: 'https://elsewhere.example/' } }),
    expected: { failure: 'usage' },
  },
  'a reset before the body was read': { fault: { kind: 'reset', at: 'before' }, expected: again('maybe') },
  'a reset within the body': { fault: { kind: 'reset-mid-body' }, expected: again('maybe') },
  'a reset after the rows were taken': { fault: { kind: 'reset', at: 'after' }, expected: again('maybe') },
  'a reset within the reply': { fault: { kind: 'reset-mid-reply' }, expected: again('maybe') },
  'a reply that ends too early': { fault: { kind: 'short-reply' }, expected: again('maybe') },
  'a success that says nothing': { fault: { kind: 'garbage' }, expected: again('maybe') },
  'a success without a body': { fault: status(204, { at: 'after' }), expected: again('maybe') },
} satisfies Record<string, FaultCase>;

export type FaultName = keyof typeof FAULT_CASES;
