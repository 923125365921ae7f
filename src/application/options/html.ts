/** What a run did, as a page. */
import { PAGE_BEGINNING } from '../../page/beginning.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { isFileName } from './common.ts';

export const HTML_OPTION = {
  name: 'html',
  group: 'output',
  flags: '--html <file>',
  description: 'write what the run did as a page for a browser, which loads nothing from elsewhere',
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
