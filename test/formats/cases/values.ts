/** Values and ids: what a vendor declares, and what is made of it. */
import { expect } from 'vitest';
import { callRow, logRow, NOW, scarfRow, type InputCase } from './case.ts';

const field = (name: string, content: string) => expect.arrayContaining([{ name, content }]) as unknown;
const misfit: Pick<InputCase, 'exit' | 'counts' | 'reasons'> = {
  exit: 3,
  counts: [1, 1],
  reasons: ['field-type'],
};
const converted = { counts: [1, 0] as [number, number], changes: { 'field-converted': 1 } };
const response = { time: NOW, status: 200, headers: {} };

export const VALUE_CASES: Record<string, InputCase> = {
  'an id that is a number stays the id': {
    content: scarfRow({ $unique_id: 42 }),
    counts: [1, 0],
    changes: { 'id-to-text': 1 },
    stored: { $unique_id: '42' },
  },
  'an id that is a boolean': {
    content: scarfRow({ $unique_id: true }),
    counts: [1, 0],
    changes: { 'id-to-text': 1 },
    stored: { $unique_id: 'true' },
  },
  'an id with more digits than a number has': {
    content: scarfRow({ $unique_id: 1 }).replace(':1}', ':12345678901234567890}'),
    counts: [1, 0],
    stored: { $unique_id: '12345678901234567890' },
  },
  'an id of a table': {
    file: 'a.csv',
    content: `$package,$time,$unique_id\np,${NOW},007\n`,
    counts: [1, 0],
    changes: {},
    stored: { $unique_id: '007' },
  },
  'a version that is a number keeps its digits': {
    content: scarfRow({ $version: 1 }).replace('"$version":1', '"$version":1.10'),
    ...converted,
    stored: { $version: '1.10' },
  },
  'a version that is set stays as typed': {
    content: scarfRow(),
    flags: ['--set', '$version=1.10'],
    counts: [1, 0],
    stored: { $version: '1.10' },
  },
  'a field of its own that is set is JSON': {
    content: scarfRow(),
    flags: ['--set', 'tag=1.10'],
    counts: [1, 0],
    stored: { tag: 1.1 },
  },
  'an address that is an object': { content: scarfRow({ $remote_address: { ip: '192.0.2.1' } }), ...misfit },
  'two fields converted are one row': {
    content: scarfRow({ $version: 1, $type: 2 }),
    ...converted,
    stored: { $version: '1', $type: '2' },
  },
  'headers as a map': {
    content: scarfRow({ $headers: { a: 1 } }),
    ...converted,
    stored: { $headers: [{ name: 'a', value: '1' }] },
  },
  'headers as text': { content: scarfRow({ $headers: 'a: b' }), ...misfit },
  'a field that is null': { content: scarfRow({ $version: null }), counts: [1, 0], changes: {} },
  'maps see what types made': {
    file: 'a.csv',
    content: `$package,$time,properties\np,${NOW},"{""$ip"":""192.0.2.1"",""n"":1}"\n`,
    flags: ['--type', 'properties:json', '--map', 'properties.$ip=$remote_address'],
    counts: [1, 0],
    stored: { $remote_address: '192.0.2.1', properties: { n: 1 } },
  },
  'numbers keep their digits through a map': {
    content: scarfRow({ n: 0 }).replace('"n":0', '"n":12345678901234567890,"m":1.10'),
    flags: ['--map', 'n=number'],
    counts: [1, 0],
    stored: { number: 12_345_678_901_234_567_890 },
  },
  'a package and a pixel': {
    content: scarfRow({ $tracking_pixel: 'q' }),
    exit: 3,
    counts: [1, 1],
    reasons: ['artifact-missing'],
  },
  'a package that contradicts the command': {
    content: scarfRow(),
    flags: ['--package', 'q'],
    exit: 3,
    counts: [1, 1],
    reasons: ['other-artifact'],
  },
  'a key twice: the last one counts': {
    content: `{"$package":"q","$package":"p","$time":"${NOW}","n":1,"n":2}\n`,
    counts: [1, 0],
    stored: { $package: 'p', n: 2 },
  },
  'a lone surrogate in escapes': {
    content: `{"$package":"p","$time":"${NOW}","n":"\\ud800"}\n`,
    flags: ['--set', 'extra=1'],
    counts: [1, 0],
    stored: { n: '\ud800' },
  },
  'NaN and Infinity are no JSON': {
    content: `${scarfRow({ n: 0 }).replace(':0}', ':NaN}')}${scarfRow({ n: 0 }).replace(':0}', ':Infinity}')}`,
    exit: 3,
    counts: [2, 2],
    reasons: ['not-json'],
  },
  'Moesif: numbers where texts stand, and the other way round': {
    vendor: 'moesif',
    content: callRow({}, { user_id: 7, response: { ...response, status: '200' } }),
    counts: [1, 0],
    changes: { 'field-converted': 1 },
    stored: { user_id: '7', response: { status: 200 } },
  },
  'Moesif: a status that is none': {
    vendor: 'moesif',
    content: callRow({}, { response: { ...response, status: 'OK' } }),
    ...misfit,
    says: 'response.status',
  },
  'Moesif: a response of nulls is none': {
    vendor: 'moesif',
    content: callRow({}, { response: { time: null, status: null, headers: null, body: null } }),
    counts: [1, 0],
    changes: { 'response-left-out': 1 },
  },
  'Moesif: a response of null': {
    vendor: 'moesif',
    content: callRow({}, { response: null }),
    counts: [1, 0],
  },
  'Moesif: a relative URI': {
    vendor: 'moesif',
    content: callRow({ uri: '/a?b' }),
    counts: [1, 0],
    warnings: { 'uri-relative': 1 },
  },
  'Moesif: 501 query keys': {
    vendor: 'moesif',
    content: callRow({
      uri: `https://a.example/?${Array.from({ length: 501 }, (_, n) => `k${n}=1`).join('&')}`,
    }),
    counts: [1, 0],
    warnings: { 'query-keys-over-500': 1 },
  },
  'Moesif: headers as a list': {
    vendor: 'moesif',
    content: callRow({ headers: [{ name: 'a', value: 'b' }] }),
    ...converted,
    stored: { request: { headers: { a: 'b' } } },
  },
  'Moesif: a tag that is set stays a text': {
    vendor: 'moesif',
    content: callRow(),
    flags: ['--set', 'request.headers.X-Tag=1.10'],
    counts: [1, 0],
    stored: { request: { headers: { 'X-Tag': '1.10' } } },
  },
  'Moesif: an id of its own that is a number': {
    vendor: 'moesif',
    content: callRow({}, { transaction_id: 42 }),
    counts: [1, 0],
    changes: { 'id-to-text': 1 },
    stored: { transaction_id: '42' },
  },
  'Log Insight: message becomes the text, and @timestamp the time': {
    vendor: 'loginsight',
    content: `{"message":"hi","@timestamp":"${NOW}"}\n`,
    counts: [1, 0],
    changes: { 'text-from-key: message': 1, 'time-from-key: @timestamp': 1, 'time-to-milliseconds': 1 },
    stored: { text: 'hi', timestamp: Date.parse(NOW) },
  },
  'Log Insight: msg': {
    vendor: 'loginsight',
    content: `{"msg":"hi","time":"${NOW}"}\n`,
    counts: [1, 0],
    stored: { text: 'hi', timestamp: Date.parse(NOW) },
  },
  'Log Insight: Docker’s log': {
    vendor: 'loginsight',
    content: `{"log":"hi\\n","stream":"stdout","time":"${NOW}"}\n`,
    counts: [1, 0],
    stored: { text: 'hi\n', timestamp: Date.parse(NOW) },
  },
  'Log Insight: text wins over message': {
    vendor: 'loginsight',
    content: logRow({ message: 'b' }),
    counts: [1, 0],
    stored: { text: 'a line', fields: field('message', 'b') },
  },
  'Log Insight: time that is none stays a field': {
    vendor: 'loginsight',
    content: '{"text":"a","time":"12 ms"}\n',
    counts: [1, 0],
    warnings: { 'time-missing': 1 },
    stored: { fields: field('time', '12 ms') },
  },
  'Log Insight: neither text nor time': {
    vendor: 'loginsight',
    content: '{"level":"info"}\n',
    counts: [1, 0],
    warnings: { 'text-missing': 1, 'time-missing': 1 },
  },
  'Log Insight: what is set stays a text': {
    vendor: 'loginsight',
    content: logRow(),
    flags: ['--set', 'build=1.10'],
    counts: [1, 0],
    stored: { fields: field('build', '1.10') },
  },
  'Sumatra: a type that is missing': {
    vendor: 'sumatra',
    content: '{"a":1}\n',
    exit: 3,
    counts: [1, 1],
    reasons: ['type-missing'],
  },
  'Sumatra: a type for all': {
    vendor: 'sumatra',
    content: '{"a":1}\n',
    flags: ['--event-type', 'b'],
    counts: [1, 0],
    changes: { 'type-filled': 1 },
    stored: { _type: 'b', a: 1 },
  },
  'Sumatra: a type that is set stays a text': {
    vendor: 'sumatra',
    content: '{"a":1}\n',
    flags: ['--set', '_type=1.10'],
    counts: [1, 0],
    stored: { _type: '1.10' },
  },
};
