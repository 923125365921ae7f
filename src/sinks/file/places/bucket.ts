/** A prefix of a bucket as the place of an output. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { msPerDay } from '../../../calendar.ts';
import type { OutputPlace, PlacedText } from '../../../contracts/place.ts';
import type { ObjectStore, StoredObject, WriteCondition } from '../../../contracts/storage.ts';
import { Failure } from '../../../failure.ts';
import type { Machine } from '../../../machine.ts';

const readBytes = 4 * 1024 * 1024;
const maxTextBytes = 64 * 1024 * 1024;

/** An upload of another machine that is older than this will not be completed any more. */
const abandonedAfterMs = msPerDay;

export interface BucketPlaceOptions {
  objects: ObjectStore;
  /** A directory of this machine for locks and partial files. */
  directory: string;
  machine: Pick<Machine, 'now'>;
}

export function bucketPlace({ objects, directory, machine }: BucketPlaceOptions): OutputPlace {
  return {
    ownStem: (name) => join(directory, createHash('sha256').update(name).digest('hex').slice(0, 32)),
    async look(name) {
      const object = await objects.look(name);
      return object === undefined ? undefined : { bytes: object.bytes, changedMs: object.changedMs ?? 0 };
    },
    async namesIn(directory, beginning) {
      const found = await objects.list(`${directory}/${beginning}`);
      const names = found.map(({ address }) => address.slice(directory.length + 1));
      return names.filter((name) => !name.includes('/')).sort();
    },
    read: (name) => readObject(objects, name),
    readText: (name) => readText(objects, name),
    async writeText(name, text, expected) {
      const condition: WriteCondition | undefined =
        expected === undefined
          ? undefined
          : expected.version === undefined
            ? { kind: 'nothing' }
            : { kind: 'version', version: expected.version };
      const answer = await objects.put(name, Buffer.from(text), condition);
      if (answer.kind === 'written') return answer.version;
      throw new Failure('locked', `${name} was written by another run since this one began`, {
        hint: 'let one run at a time write to an output; the next run goes on from what that one wrote',
      });
    },
    publish: async (partial, name) => void (await objects.upload(name, partial)),
    remove: (name) => objects.remove(name),
    async clear(beginning, { isOurs, hasDied }) {
      const startedBeforeMs = hasDied ? Number.POSITIVE_INFINITY : machine.now() - abandonedAfterMs;
      // Whoever may write need not have the right to list uploads.
      await objects.abortUploads(beginning, { isOurs, startedBeforeMs }).catch(() => undefined);
    },
  };
}

/** Another process may replace the object between the two requests; then both are repeated. */
async function readText(
  objects: ObjectStore,
  name: string,
  replaced?: { object: StoredObject; failure: unknown },
): Promise<PlacedText | undefined> {
  const object = await objects.look(name);
  if (object === undefined) return undefined;
  if (replaced !== undefined && object.etag === replaced.object.etag) throw replaced.failure;
  if (object.bytes > maxTextBytes) throw new Failure('local', `${name} is too large: it is none of ours`);
  try {
    const text = Buffer.from(await wholeOf(objects, object)).toString('utf8');
    return { text, changedMs: object.changedMs ?? 0, version: object.etag };
  } catch (failure) {
    if (!(failure instanceof Failure) || failure.kind !== 'local') throw failure;
    return readText(objects, name, { object, failure });
  }
}

async function wholeOf(objects: ObjectStore, object: StoredObject): Promise<Uint8Array> {
  return object.bytes === 0 ? new Uint8Array(0) : objects.read(object, 0, object.bytes);
}

async function* readObject(objects: ObjectStore, name: string): AsyncGenerator<Uint8Array> {
  const object = await objects.look(name);
  if (object === undefined) throw new Failure('local', `cannot read ${name}: there is no such object`);
  for (let from = 0; from < object.bytes; from += readBytes) {
    yield await objects.read(object, from, Math.min(object.bytes, from + readBytes));
  }
}
