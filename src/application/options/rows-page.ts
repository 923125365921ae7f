/** What an export wrote, as a page. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { PAGE_PATH } from './page-path.ts';

export const ROWS_PAGE_OPTION = {
  name: 'rowsPage',
  group: 'output',
  common: true,
  flags: '--report <file>',
  description: 'also write a page to look at (HTML) from the rows of this run',
  path: PAGE_PATH,
} as const satisfies OptionSpec;
