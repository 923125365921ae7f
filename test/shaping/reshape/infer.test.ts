import { describe, expect, test } from 'vitest';
import type { RowShape } from '../../../src/contracts/target.ts';
import { createFormat } from '../../../src/formats/options.ts';
import { valuesOf } from '../../../src/settings/values.ts';
import { proposedArguments, proposeOptions, type Proposal } from '../../../src/shaping/reshape/infer.ts';
import { seenColumns } from '../../../src/shaping/reshape/sample.ts';
import { TimeReader } from '../../../src/shaping/time/time.ts';
import { eventShape } from '../../../src/vendors/moesif/shape.ts';
import { SCARF_TARGET_OPTIONS } from '../../../src/vendors/scarf/options.ts';
import { createScarfTarget } from '../../../src/vendors/scarf/target.ts';

const nothing = { map: [], types: [], set: [], drop: [] };
const scarf = createScarfTarget(
  valuesOf(SCARF_TARGET_OPTIONS, { owner: 'o', token: 't', apiUrl: 'https://scarf.invalid' }),
  { http: undefined as never, now: () => 0 },
).shape;

function propose(content: string, shape: RowShape = scarf, idField = '$unique_id'): Proposal {
  const head = { bytes: Buffer.from(content), isWhole: true };
  const format = createFormat({ format: 'auto', empty: 'omit' }, { path: '-', head });
  const { columns } = seenColumns(format, head, 100);
  return proposeOptions(columns, { shape, idField, given: nothing, reader: new TimeReader() });
}

function flags(content: string, shape?: RowShape, idField?: string): string {
  return proposedArguments(propose(content, shape, idField)).join(' ');
}

test('a table is described by what is in it', () => {
  const table = [
    "when,IP Address,status,zip,ok,ratio,tags,seen,note,it's,request.size,empty",
    '2024-06-04T10:00:00Z,10.0.0.1,200,00501,true,0.5,"[1,2]",2024-06-04 10:00,hi,1,17,',
    '2024-06-05T10:00:00Z,10.0.0.2,,10001,FALSE,3,{},1717459200,2,2,18,',
    '2024-06-06,torn',
  ].join('\n');
  expect(flags(table)).toBe(
    '--map when=$time --map IP Address=$remote_address --type status:int --type ok:bool ' +
      "--type ratio:number --type tags:json --type seen:time --type it's:int --type request.size:int",
  );
});

test('a field is taken once, and not from a column of that name', () => {
  expect(flags('$time,when,ts,user_agent\nx,y,z,w\nx,y,z,w\n')).toBe('--map user_agent=$user_agent');
  expect(flags('time,timestamp\nx,y\nx,y\n')).toBe('--map time=$time');
});

test('numbers that would not come back as they were stay texts', () => {
  expect(flags('a,b,c,d\n1e5,12345678901234567890,+1,1.10\n1,2,3,1.20\n')).toBe('');
});

test('keys of JSON are typed only where they are texts', () => {
  expect(flags('{"when":"x","n":"5","m":5}\nnope\n{"n":"6","m":1.5}\n')).toBe(
    '--map when=$time --type n:int',
  );
});

test('texts without characters are of no type: their rows would be rejects', () => {
  expect(flags('{"n":"5","m":"1"}\n{"n":"","m":null}\n{"n":"6"}\n')).toBe('--type m:int');
  expect(flags('n,m\n5,1\n,2\n')).toBe('--type n:int --type m:int');
});

test('a column is the id of rows only where each has its own', () => {
  expect(flags('id,n\n1,a\n2,b\n')).toBe('--map id=$unique_id');
  expect(flags('id,n\n1,a\n1,b\n')).toBe('--type id:int');
});

test('columns that repeat a name, or have odd ones, are named by position', () => {
  expect(flags('n,n, ip ,\n1,2,10.0.0.1,2024-06-04 10:00:00\n')).toBe(
    '--map #4=$time --map #3=$remote_address --map #2=column2 --type n:int --type #2:int',
  );
  expect(flags('when,,\n2024-06-04 10:00:00,,\n')).toBe('--map when=$time --map #2=column2 --map #3=column3');
});

describe('the time', () => {
  test.each<[Record<string, string>, string]>([
    [{ when: '25/06/2024 10:00' }, '--map when=$time --time-format %d/%m/%Y %H:%M'],
    [{ when: '06/25/24 10:00 AM' }, '--map when=$time --time-format %m/%d/%y %I:%M %p'],
    [{ when: '25-NOV-26 10.00.00.123456 AM' }, '--map when=$time --time-format %d-%b-%y %I.%M.%S.%f %p'],
    [{ when: 'Jun 4, 2024, 10:00:00 AM' }, '--map when=$time --time-format %b %d, %Y, %I:%M:%S %p'],
    [{ when: '05/06/2024' }, '--map when=$time'],
    [{ Date: '2024-06-04', Time: '10:00:00' }, '--map Date+Time=$time'],
    [{ Date: '25.06.2024', Time: '10:00' }, '--map Date+Time=$time --time-format %d.%m.%Y %H:%M'],
    [{ Date: '06/25/2024', Time: '1:00 PM' }, '--map Date+Time=$time --time-format %m/%d/%Y %I:%M %p'],
    [{ date: '2024-06-04', timestamp: '2024-06-04T10:00:00Z' }, '--map timestamp=$time'],
    [{ time: '2024-06-04 10:00', ts: '2024-06-04 10:00:15.250' }, '--map ts=$time'],
    [{ time: '1717504215', ts: '1717504215250' }, '--map ts=$time'],
    [{ time: '2024-06-04 10:00', Date: '2024-06-04', Clocktime: '10:00:01' }, '--map Date+Clocktime=$time'],
    [{ date: '2024-06-04', logged: '2024-06-04T10:00:00Z' }, '--map logged=$time'],
    [{ time: '0.003', logged: '2024-06-04T10:00:00Z' }, '--map logged=$time'],
  ])('of %j: %s', (row, expected) => {
    const named = proposedArguments(propose(`${JSON.stringify(row)}\n`));
    expect(named.slice(0, named.indexOf('--type') < 0 ? undefined : named.indexOf('--type')).join(' ')).toBe(
      expected,
    );
  });

  test('what the dates do not tell is said', () => {
    const { notes } = propose('when,n\n05/06/2024 10:00,a\n06/07/2024 10:00,b\n');
    expect(notes.join()).toContain("'%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'");
  });
});

describe('Moesif', () => {
  const proposeCalls = (content: string) => propose(content, eventShape, 'transaction_id');

  test('a table of calls', () => {
    const proposal = proposeCalls(
      'at,Timestamp,Method,URL,Status,ip\n1,2024-06-04T10:00:00Z,GET,/a,200,10.0.0.1\n',
    );
    expect(proposedArguments(proposal)).toEqual([
      ...['--map', 'Timestamp=request.time', '--map', 'URL=request.uri', '--map', 'Method=request.verb'],
      ...['--map', 'Status=response.status', '--map', 'Timestamp=response.time'],
      ...['--map', 'ip=request.ip_address', '--type', 'at:int'],
    ]);
    expect(proposal.fields.every(({ from }) => from !== undefined)).toBe(true);
  });

  test('a duration is no time of the response, and without a status there is none', () => {
    const proposal = proposeCalls('time,url,method,response_time\n2024-06-04T10:00:00Z,/a,GET,12\n');
    expect(proposedArguments(proposal)).not.toContain('response_time=response.time');
    expect(proposal.fields.map(({ field }) => field)).toEqual([
      'request.time',
      'request.uri',
      'request.verb',
    ]);
  });

  test('what is missing is named', () => {
    const { fields } = proposeCalls('{"request":{"time":"2024-06-04T10:00:00Z"}}\n');
    expect(fields.map(({ field, from }) => [field, from])).toEqual([
      ['request.time', 'request.time'],
      ['request.uri', undefined],
      ['request.verb', undefined],
    ]);
  });
});
