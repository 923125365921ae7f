/** The event import of Scarf as a target: one import per body ("Scarf docs, Importing events", 2026-06). */
import type { RowShape, Target } from '../../contracts/target.ts';
import { explainReply } from '../../http/explain.ts';
import type { HttpClient, TransportError, HttpReply } from '../../http/client.ts';
import { Failure } from '../../failure.ts';
import type { Answer } from '../../records.ts';
import { ADDRESS_NAMES, TIME_NAMES, USER_AGENT_NAMES } from '../column-names.ts';
import { parsedJson } from '../json.ts';
import { retryAfterReply, retryAfterTransportError, answerByRules, isSuccess } from '../rules.ts';
import { createScarfAccount, isTooManyActive, type ScarfAccount } from './account.ts';
import { asImport, importUrl, startImport, type Artifact } from './imports.ts';
import { activeElsewhere } from './active-imports.ts';
import { jobOf, watchJobs } from './jobs.ts';
import { createJudge } from './judge.ts';
import type { ScarfTargetSettings } from './options.ts';
import { SCARF_STATUSES, oldEventAgeMs, maxUploads } from './rules.ts';

/** Scarf documents all three; no server is known to check the header. */
const contentTypes = ['application/x-ndjson', 'application/ndjson', 'application/json'];

/** Creates the target for imports of an owner. Throws a Failure `usage` for settings that contradict each other. */
export function createScarfTarget(
  settings: ScarfTargetSettings,
  context: { http: HttpClient; now: () => number },
): Target {
  const account = createScarfAccount(settings, context);
  const artifact = readArtifact(settings);
  return {
    vendor: 'scarf',
    endpoint: importUrl(account, artifact),
    idField: '$unique_id',
    limits: {
      rows: Number.POSITIVE_INFINITY,
      bytes: settings.chunkSize,
      bytesCountAs: 'raw',
      uploads: maxUploads,
      open: settings.maxActive,
    },
    shape: shapeFor(artifact),
    framing: { head: '', between: '\n', tail: '\n' },
    gzip: true,
    send: createSend(account, artifact, settings.contentType),
    checkCredentials: () => void account.authorize(),
    countActiveElsewhere: (signal) => activeElsewhere(account, signal),
    pollJobs: watchJobs(account),
    judge: createJudge(account),
  };
}

function readArtifact(settings: ScarfTargetSettings): Artifact {
  const { package: packageId, pixel: pixelId } = settings;
  if (packageId !== undefined && pixelId !== undefined) {
    throw new Failure('usage', '--package and --pixel cannot be used together');
  }
  if (packageId !== undefined) return { kind: 'package', id: packageId };
  return pixelId === undefined ? undefined : { kind: 'pixel', id: pixelId };
}

/** Field types ("Scarf docs, event-import.json", 2026-06-08). */
const SCARF_FIELDS = {
  $version: 'text',
  $type: 'text',
  $remote_address: 'text',
  $user_agent: 'text',
  $domain: 'text',
  $referrer: 'text',
  $headers: 'header-list',
} as const;

/** Column names in tables for the fields of Scarf. */
const COLUMN_NAMES = {
  $time: TIME_NAMES,
  $package: ['package', 'packageid', 'packageuuid'],
  $tracking_pixel: ['trackingpixel', 'pixel', 'pixelid', 'trackingpixelid'],
  $unique_id: ['uniqueid', 'eventid', 'messageid', 'insertid', 'uuid', 'id'],
  $remote_address: ADDRESS_NAMES,
  $user_agent: USER_AGENT_NAMES,
  $version: ['version', 'packageversion'],
  $referrer: ['referrer', 'referer', 'httpreferer'],
  $domain: ['domain', 'host'],
};

/** Fields with a dollar sign that Scarf knows ("Scarf docs, Importing events", 2026-06). */
const EVENT_FIELDS: readonly string[] = [
  '$time',
  '$unique_id',
  '$package',
  '$tracking_pixel',
  '$pixel',
  '$version',
  '$type',
  '$remote_address',
  '$user_agent',
  '$domain',
  '$referrer',
  '$headers',
];

/**
 * On the bulk address each row names its artifact. On the address of an artifact those keys are redundant and left
 * out, so it does not matter whether the server reads `$pixel` (documentation) or `$tracking_pixel` (OpenAPI
 * document).
 */
function shapeFor(artifact: Artifact): RowShape {
  const always = {
    fieldTypes: SCARF_FIELDS,
    fields: EVENT_FIELDS,
    columnNames: COLUMN_NAMES,
    required: [{ path: '$time', reason: 'time-missing' }],
    times: [{ path: '$time', oldAfterMs: oldEventAgeMs, oldReason: 'old-event' }],
  };
  if (artifact === undefined) {
    return {
      ...always,
      oneOf: {
        keys: ['$package', '$tracking_pixel', '$pixel'],
        reason: 'artifact-missing',
        hint: '--package ID or --pixel ID',
      },
      renames: { $pixel: '$tracking_pixel' },
    };
  }
  const only = (kind: 'package' | 'pixel') => ({
    value: artifact.kind === kind ? artifact.id : null,
    reason: 'other-artifact',
  });
  return {
    ...always,
    fixed: { $package: only('package'), $tracking_pixel: only('pixel'), $pixel: only('pixel') },
  };
}

/** Sends uploads, and remembers which content type the server accepts. */
function createSend(
  account: ScarfAccount,
  artifact: Artifact,
  wantedType: string | undefined,
): Target['send'] {
  const types = [...new Set([wantedType ?? contentTypes[0], ...contentTypes])].filter(
    (type) => type !== undefined,
  );
  let typeInUse = 0;

  return async (body, signal) => {
    const tried = typeInUse;
    const contentType = types[tried] ?? '';
    const reply = await startImport(account, { artifact, body, contentType }, signal);
    if (reply.kind === 'reply' && reply.status === 415) {
      if (tried === types.length - 1) throw noTypeTaken(types);
      // Uploads are concurrent: another may already have switched.
      typeInUse = Math.max(typeInUse, tried + 1);
      return retryAfterReply('session', reply, account.errorContext);
    }
    return answerOf(reply, account, artifact);
  };
}

function noTypeTaken(types: readonly string[]): Failure {
  return new Failure('usage', `Scarf accepts none of the content types ${types.join(', ')} (415)`, {
    hint: 'give the one it wants with --content-type',
  });
}

function answerOf(reply: HttpReply | TransportError, account: ScarfAccount, artifact: Artifact): Answer {
  const { errorContext } = account;
  if (reply.kind === 'transport-error') return retryAfterTransportError(reply, errorContext);
  const { status } = reply;
  if (isSuccess(reply)) return takenAnswer(reply, account);
  if (isTooManyActive(reply)) return { ...retryAfterReply('busy', reply, errorContext), lacks: 'slot' };
  if (status === 404 && artifact !== undefined) {
    throw new Failure('usage', `Scarf answered ${explainReply(reply)}`, {
      hint: `check --${artifact.kind} and --owner, letter case included`,
    });
  }
  return answerByRules(reply, SCARF_STATUSES, errorContext);
}

/**
 * The upload was taken when the reply names an import. Without a readable id it may have been taken, but cannot be
 * followed.
 */
function takenAnswer(reply: HttpReply, account: ScarfAccount): Answer {
  const started = asImport(parsedJson(reply.text));
  if (started === undefined) {
    const again = retryAfterReply('doubtful', reply, account.errorContext);
    return { ...again, message: `${reply.status} without an import id` };
  }
  return { kind: 'pending', receipt: { id: started.id }, status: reply.status, job: jobOf(started) };
}
