/** Reads a CSV file with csv-parse, and does nothing else with it. */
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';

const [, , path = ''] = process.argv;
let rows = 0;
await pipeline(
  createReadStream(path, { highWaterMark: 1024 * 1024 }),
  parse({ columns: true }),
  async (parsed) => {
    for await (const row of parsed) if (row !== undefined) rows++;
  },
);
process.stdout.write(`${rows}\n`);
