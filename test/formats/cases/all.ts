/** The whole table of inputs, by what its cases are about. */
import type { InputCase } from './case.ts';
import { CONTAINER_CASES } from './containers.ts';
import { HEADER_CASES } from './headers.ts';
import { JSON_CASES } from './json.ts';
import { LAST_ROW_CASES } from './last-row.ts';
import { STRANGE_CASES } from './strange.ts';
import { TABLE_CASES } from './tables.ts';
import { TIME_CASES } from './times.ts';
import { VALUE_CASES } from './values.ts';

export const ALL_CASES: [title: string, cases: Record<string, InputCase>][] = [
  ['JSON', JSON_CASES],
  ['Containers', CONTAINER_CASES],
  ['Tables', TABLE_CASES],
  ['Headers', HEADER_CASES],
  ['Times', TIME_CASES],
  ['Values', VALUE_CASES],
  ['The last row', LAST_ROW_CASES],
  ['Strange', STRANGE_CASES],
];
