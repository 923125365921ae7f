/** Where a page may go: into a new file, or in the place of another page of ours. */
import { Failure } from '../../failure.ts';
import { PAGE_PREFIX } from '../../page/prefix.ts';
import type { PathUse } from '../../settings/option-spec.ts';
import { isFileName } from './common.ts';

/** Of a page beside other outputs: no option lets it replace any other file. */
export const PAGE_PATH = {
  role: 'output',
  mayBeAddress: true,
  isFile: isFileName,
  replaces: {
    name: 'a page of scarf-cli',
    beginning: PAGE_PREFIX,
    hint: 'give the page another name, or move the file away',
    always: true,
  },
} as const satisfies PathUse;

/** A page and rows in one stream would be of use to nobody. */
export function pageBesideRows(flag: string): Failure {
  return new Failure('usage', `${flag} - and rows cannot share standard output`, {
    hint: `give ${flag} the name of a file`,
  });
}
