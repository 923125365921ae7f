import { describe, expect, test } from 'vitest';
import { actionShape, eventShape } from '../../../src/vendors/moesif/shape.ts';

const request = { time: '2026-06-30T00:00:00Z', uri: 'https://a.example/', verb: 'GET' };

describe('an event', () => {
  test.each([
    ['headers and address there', { request: { ...request, headers: {}, ip_address: '1.2.3.4' } }, []],
    [
      'a response too',
      {
        request: { ...request, headers: { A: 'b' }, ip_address: '1.2.3.4' },
        response: { time: 't', status: 200, verb: 'GET', headers: {} },
        metadata: { deep: [1] },
      },
      [],
    ],
    ['no address', { request: { ...request, headers: {} } }, ['ip-address-missing']],
    ['an empty address', { request: { ...request, headers: {}, ip_address: '' } }, ['ip-address-missing']],
  ])('that needs nothing is the very row: %s', (_name, row, warnings) => {
    const rebuilt = eventShape.rebuild?.(row);
    expect(rebuilt).toEqual({ events: [row], changes: [], warnings });
    expect(rebuilt && 'events' in rebuilt && rebuilt.events[0]).toBe(row);
  });

  test('gets empty header maps, on both sides, and the row stays as it is', () => {
    const row = {
      request: { ...request, headers: null },
      response: { time: 't', status: 200 },
      user_id: 'u',
    };
    const before = structuredClone(row);
    expect(eventShape.rebuild?.(row)).toMatchObject({
      events: [
        {
          request: { ...request, headers: {} },
          response: { time: 't', status: 200, headers: {} },
          user_id: 'u',
        },
      ],
      changes: ['headers-filled'],
    });
    expect(row).toEqual(before);
  });

  test('has repeated headers joined', () => {
    const row = { request: { ...request, headers: { Via: ['a', 'b'], Host: 'c' } } };
    expect(eventShape.rebuild?.(row)).toMatchObject({
      events: [{ request: { headers: { Via: 'a, b', Host: 'c' } } }],
      changes: ['headers-joined'],
    });
  });

  test('demands what the page of the vendor demands, and no verb of a response', () => {
    expect(
      eventShape.required.map(({ path, when }) => (when === undefined ? path : `${path} with ${when}`)),
    ).toEqual([
      'request',
      'request.time',
      'request.uri',
      'request.verb',
      'response with response',
      'response.time with response',
      'response.status with response',
    ]);
  });
});

test('an action needs a name and an address, and no headers', () => {
  expect(actionShape.required.map(({ path }) => path)).toEqual(['action_name', 'request', 'request.uri']);
  const row = { action_name: 'Clicked', request: { uri: 'https://a.example' } };
  expect(actionShape.rebuild?.(row)).toEqual({
    events: [row],
    changes: [],
    warnings: ['ip-address-missing'],
  });
});
