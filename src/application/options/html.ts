/** What a run did, as a page. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { PAGE_PATH } from './page-path.ts';

export const HTML_OPTION = {
  name: 'html',
  group: 'output',
  flags: '--html <file>',
  description: 'write what the run did as a page for a browser, which loads nothing from elsewhere',
  path: PAGE_PATH,
} as const satisfies OptionSpec;
