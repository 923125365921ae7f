/** The place in which the files of an output stand. */
import { join } from 'node:path';
import type { OutputPlace } from '../../../contracts/place.ts';
import { isAddress } from '../../../contracts/storage.ts';
import type { Machine } from '../../../machine.ts';
import { stateDirectory } from '../../../settings/state-directory.ts';
import { bucketPlace } from '../../../sinks/file/places/bucket.ts';
import { diskPlace } from '../../../sinks/file/places/disk.ts';
import type { RunStorage } from '../../storage.ts';
import type { Output } from './resolved-export.ts';

interface PlaceParts {
  storage: RunStorage;
  machine: Machine;
  /** `--state-dir` */
  stateDir: string | undefined;
}

/** Parts of what goes to a bucket lie in the state directory until they go up. */
export function placeOf({ form }: Output, { storage, machine, stateDir }: PlaceParts): OutputPlace {
  if (form.kind === 'stream' || form.kind === 'postgres' || !isAddress(form.path)) return diskPlace;
  const directory = join(stateDirectory(machine, stateDir), 'exports', 'buckets');
  return bucketPlace({ objects: storage.objects, directory, machine });
}
