/** What an export wrote, as a page. */
import { PAGE_BEGINNING } from '../../page/beginning.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { isFileName } from './common.ts';

export const ROWS_PAGE_OPTION = {
  name: 'rowsPage',
  group: 'output',
  common: true,
  flags: '--report <file>',
  description: 'also write a page to look at (HTML) from the rows of this run',
  path: {
    role: 'output',
    isFile: isFileName,
    replaces: {
      name: 'a page of scarf-cli',
      beginning: PAGE_BEGINNING,
      hint: 'give the page another name, or move the file away',
      always: true,
    },
  },
} as const satisfies OptionSpec;
