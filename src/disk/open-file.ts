/** How files are opened by what promises that their bytes last: a parameter, so that each sync can be seen. */
import type { FileHandle } from 'node:fs/promises';

/** As `open` of `node:fs/promises`. */
export type OpenFile = (path: string, flags: string | number, mode?: number) => Promise<FileHandle>;
