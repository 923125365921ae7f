/** Values and ids: what a vendor declares, and what is made of it. */
import { expect } from 'vitest';
import { NOW, type InputCase } from './case.ts';

const field = (name: string, content: string) => expect.arrayContaining([{ name, content }]) as unknown;
const misfit: Pick<InputCase, 'exit' | 'counts' | 'reasons'> = {
  exit: 3,
  counts: [1, 1],
  reasons: ['field-type'],
};
const converted = { counts: [1, 0] as [number, number], changes: { 'field-converted': 1 } };

export const VALUE_CASES: Record<string, InputCase> = {
  'an id that is a number stays the id': {
    input: 'values/id-that-is-a-number-stays-the-id.ndjson',
    counts: [1, 0],
    changes: { 'id-to-text': 1 },
    stored: { $unique_id: '42' },
  },
  'an id that is a boolean': {
    input: 'values/id-that-is-a-boolean.ndjson',
    counts: [1, 0],
    changes: { 'id-to-text': 1 },
    stored: { $unique_id: 'true' },
  },
  'an id with more digits than a number has': {
    input: 'values/id-with-more-digits-than-a-number-has.ndjson',
    counts: [1, 0],
    stored: { $unique_id: '12345678901234567890' },
  },
  'an id of a table': {
    input: 'values/id-of-a-table.csv',
    counts: [1, 0],
    changes: {},
    stored: { $unique_id: '007' },
  },
  'a version that is a number keeps its digits': {
    input: 'values/version-that-is-a-number-keeps-its-digits.ndjson',
    ...converted,
    stored: { $version: '1.10' },
  },
  'a version that is set stays as typed': {
    input: 'one-row.ndjson',
    flags: ['--set', '$version=1.10'],
    counts: [1, 0],
    stored: { $version: '1.10' },
  },
  'a field of its own that is set is JSON': {
    input: 'one-row.ndjson',
    flags: ['--set', 'tag=1.10'],
    counts: [1, 0],
    stored: { tag: 1.1 },
  },
  'an address that is an object': { input: 'values/address-that-is-an-object.ndjson', ...misfit },
  'two fields converted are one row': {
    input: 'values/two-fields-converted-are-one-row.ndjson',
    ...converted,
    stored: { $version: '1', $type: '2' },
  },
  'headers as a map': {
    input: 'values/headers-as-a-map.ndjson',
    ...converted,
    stored: { $headers: [{ name: 'a', value: '1' }] },
  },
  'headers as text': { input: 'values/headers-as-text.ndjson', ...misfit },
  'a field that is null': { input: 'values/field-that-is-null.ndjson', counts: [1, 0], changes: {} },
  'maps see what types made': {
    input: 'values/maps-see-what-types-made.csv',
    flags: ['--type', 'properties:json', '--map', 'properties.$ip=$remote_address'],
    counts: [1, 0],
    stored: { $remote_address: '192.0.2.1', properties: { n: 1 } },
  },
  'numbers keep their digits through a map': {
    input: 'values/numbers-keep-their-digits-through-a-map.ndjson',
    flags: ['--map', 'n=number'],
    counts: [1, 0],
    stored: { number: 12_345_678_901_234_567_890 },
  },
  'a package and a pixel': {
    input: 'values/package-and-a-pixel.ndjson',
    exit: 3,
    counts: [1, 1],
    reasons: ['artifact-missing'],
  },
  'a package that contradicts the command': {
    input: 'one-row.ndjson',
    flags: ['--package', 'q'],
    exit: 3,
    counts: [1, 1],
    reasons: ['other-artifact'],
  },
  'a key twice: the last one counts': {
    input: 'values/key-twice.ndjson',
    counts: [1, 0],
    stored: { $package: 'p', n: 2 },
  },
  'a lone surrogate in escapes': {
    input: 'values/lone-surrogate-in-escapes.ndjson',
    flags: ['--set', 'extra=1'],
    counts: [1, 0],
    stored: { n: '\ud800' },
  },
  'NaN and Infinity are no JSON': {
    input: 'values/nan-and-infinity.ndjson',
    exit: 3,
    counts: [2, 2],
    reasons: ['not-json'],
  },
  'Moesif: numbers where texts stand, and the other way round': {
    vendor: 'moesif',
    input: 'values/moesif-numbers-and-texts.ndjson',
    counts: [1, 0],
    changes: { 'field-converted': 1 },
    stored: { user_id: '7', response: { status: 200 } },
  },
  'Moesif: a status that is none': {
    vendor: 'moesif',
    input: 'values/moesif-status-that-is-none.ndjson',
    ...misfit,
    says: 'response.status',
  },
  'Moesif: a response of nulls is none': {
    vendor: 'moesif',
    input: 'values/moesif-response-of-nulls-is-none.ndjson',
    counts: [1, 0],
    changes: { 'response-left-out': 1 },
  },
  'Moesif: a response of null': {
    vendor: 'moesif',
    input: 'values/moesif-response-of-null.ndjson',
    counts: [1, 0],
  },
  'Moesif: a relative URI': {
    vendor: 'moesif',
    input: 'values/moesif-relative-uri.ndjson',
    counts: [1, 0],
    warnings: { 'uri-relative': 1 },
  },
  'Moesif: 501 query keys': {
    vendor: 'moesif',
    input: 'values/moesif-501-query-keys.ndjson',
    counts: [1, 0],
    warnings: { 'query-keys-over-500': 1 },
  },
  'Moesif: headers as a list': {
    vendor: 'moesif',
    input: 'values/moesif-headers-as-a-list.ndjson',
    ...converted,
    stored: { request: { headers: { a: 'b' } } },
  },
  'Moesif: a tag that is set stays a text': {
    vendor: 'moesif',
    input: 'one-call.ndjson',
    flags: ['--set', 'request.headers.X-Tag=1.10'],
    counts: [1, 0],
    stored: { request: { headers: { 'X-Tag': '1.10' } } },
  },
  'Moesif: an id of its own that is a number': {
    vendor: 'moesif',
    input: 'values/moesif-id-of-its-own-that-is-a-number.ndjson',
    counts: [1, 0],
    changes: { 'id-to-text': 1 },
    stored: { transaction_id: '42' },
  },
  'Log Insight: message becomes the text, and @timestamp the time': {
    vendor: 'loginsight',
    input: 'values/loginsight-message.ndjson',
    counts: [1, 0],
    changes: { 'text-from-key: message': 1, 'time-from-key: @timestamp': 1, 'time-to-milliseconds': 1 },
    stored: { text: 'hi', timestamp: Date.parse(NOW) },
  },
  'Log Insight: msg': {
    vendor: 'loginsight',
    input: 'values/loginsight-msg.ndjson',
    counts: [1, 0],
    stored: { text: 'hi', timestamp: Date.parse(NOW) },
  },
  'Log Insight: Docker’s log': {
    vendor: 'loginsight',
    input: 'values/loginsight-docker.ndjson',
    counts: [1, 0],
    stored: { text: 'hi\n', timestamp: Date.parse(NOW) },
  },
  'Log Insight: text wins over message': {
    vendor: 'loginsight',
    input: 'values/loginsight-text-wins-over-message.ndjson',
    counts: [1, 0],
    stored: { text: 'a line', fields: field('message', 'b') },
  },
  'Log Insight: time that is none stays a field': {
    vendor: 'loginsight',
    input: 'values/loginsight-time-that-is-none-stays-a-field.ndjson',
    counts: [1, 0],
    warnings: { 'time-missing': 1 },
    stored: { fields: field('time', '12 ms') },
  },
  'Log Insight: neither text nor time': {
    vendor: 'loginsight',
    input: 'values/loginsight-neither-text-nor-time.ndjson',
    counts: [1, 0],
    warnings: { 'text-missing': 1, 'time-missing': 1 },
  },
  'Log Insight: what is set stays a text': {
    vendor: 'loginsight',
    input: 'values/loginsight-one-line.ndjson',
    flags: ['--set', 'build=1.10'],
    counts: [1, 0],
    stored: { fields: field('build', '1.10') },
  },
  'Sumatra: a type that is missing': {
    vendor: 'sumatra',
    input: 'values/sumatra-without-a-type.ndjson',
    exit: 3,
    counts: [1, 1],
    reasons: ['type-missing'],
  },
  'Sumatra: a type for all': {
    vendor: 'sumatra',
    input: 'values/sumatra-without-a-type.ndjson',
    flags: ['--event-type', 'b'],
    counts: [1, 0],
    changes: { 'type-filled': 1 },
    stored: { _type: 'b', a: 1 },
  },
  'Sumatra: a type that is set stays a text': {
    vendor: 'sumatra',
    input: 'values/sumatra-without-a-type.ndjson',
    flags: ['--set', '_type=1.10'],
    counts: [1, 0],
    stored: { _type: '1.10' },
  },
};
