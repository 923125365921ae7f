import { expect, test } from 'vitest';
import { createFormat } from '../../../src/formats/options.ts';
import { proposeOptions, writeProposal } from '../../../src/shaping/reshape/infer.ts';
import { columnsOfRows, sampleRows } from '../../../src/shaping/reshape/sample.ts';

const FIELDS = ['$time', '$remote_address', '$user_agent', '$unique_id', '$package', '$version'];

function propose(content: string): string {
  const head = Buffer.from(content);
  const format = createFormat(
    { format: 'auto', empty: 'omit' },
    { path: '-', head: { bytes: head, isWhole: true } },
  );
  return writeProposal(proposeOptions(columnsOfRows(sampleRows(format, head, 100)), FIELDS));
}

test('a table is described by what is in it', () => {
  const table = [
    "when,IP Address,status,zip,ok,ratio,tags,seen,note,it's,request.size,empty",
    '2024-06-04,10.0.0.1,200,00501,true,0.5,"[1,2]",2024-06-04 10:00,hi,1,17,',
    '2024-06-05,10.0.0.2,,10001,FALSE,3,{},1717459200,2,2,18,',
    '2024-06-06,torn',
  ].join('\n');
  expect(propose(table)).toBe(
    "--map 'when=$time' --map 'IP Address=$remote_address' --type 'status:int' --type 'ok:bool' " +
      "--type 'ratio:number' --type 'tags:json' --type 'seen:time' --type 'it'\\''s:int' --type 'request.size:int'",
  );
});

test('a field is taken once, and not from a column of that name', () => {
  expect(propose('$time,when,ts,user_agent\nx,y,z,w\nx,y,z,w\n')).toBe("--map 'user_agent=$user_agent'");
  expect(propose('time,timestamp\nx,y\nx,y\n')).toBe("--map 'time=$time'");
});

test('numbers that would not come back as they were stay texts', () => {
  expect(propose('a,b,c\n1e5,12345678901234567890,+1\n1,2,3\n')).toBe('');
});

test('rows in other formats are sampled too', () => {
  expect(propose('{"when":"x","n":"5"}\nnope\n{"n":"6"}\n')).toBe("--map 'when=$time' --type 'n:int'");
});

test.each([
  [{ when: ['25/06/2024 10:00'] }, "--map 'when=$time' --time-format '%d/%m/%Y %H:%M'"],
  [{ when: ['06/25/24 10:00 AM'] }, "--map 'when=$time' --time-format '%m/%d/%y %I:%M %p'"],
  [{ when: ['05/06/2024'] }, "--map 'when=$time'"],
  [{ Date: ['2024-06-04'], Time: ['10:00:00'] }, "--map 'Date+Time=$time'"],
  [{ Date: ['25.06.2024'], Time: ['10:00'] }, "--map 'Date+Time=$time' --time-format '%d.%m.%Y %H:%M'"],
  [{ date: ['2024-06-04'], timestamp: ['2024-06-04T10:00:00Z'] }, "--map 'timestamp=$time'"],
])('the time of %j: %s', (table, flags) => {
  const columns = Object.entries(table).map(([name, values]) => ({ name, values }));
  expect(writeProposal(proposeOptions(columns, ['$time']))).toContain(flags);
});
