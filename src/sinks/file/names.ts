/** Names of files of an output: absolute paths, or addresses, of which `join` would make paths. */
import { join } from 'node:path';
import { isAddress } from '../../contracts/storage.ts';

export function below(directory: string, name: string): string {
  return isAddress(directory) ? `${directory}/${name}` : join(directory, name);
}
