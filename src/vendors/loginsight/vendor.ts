/** VMware Log Insight (Aria Operations for Logs), described: options, limits and what its statuses mean. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { StatusRule } from '../rules.ts';
import { flagOf, textOf, type SettingValues } from '../values.ts';
import type { LimitRow, Vendor } from '../vendor.ts';

/** Which of the vendor's interfaces is spoken: their bodies differ. */
export type Api = 'v1' | 'v2' | 'cloud';

/** What is done with a text that is longer than the vendor takes. */
export type LongText = 'split' | 'truncate' | 'reject';

/** Of one text ("Log Insight API 1.0, POST events/ingest": 16KB). */
export const maxTextBytes = 16_384;

/** Without a login, times are forced into this distance from the server's clock (the same page). */
export const clockToleranceMs = 600_000;

/**
 * Of a body, a little below the documented 4 MB ("Log Insight API 1.0, POST events/ingest") and 1 MB ("VMware Aria
 * Operations for Logs SaaS, POST events"). The number of events is our choice, from the vendor's "1 to 500".
 */
export const batchLimits: Readonly<Record<Api, { events: number; bytes: number }>> = {
  v1: { events: 500, bytes: 3_900_000 },
  v2: { events: 500, bytes: 3_900_000 },
  cloud: { events: 500, bytes: 900_000 },
};

export const maxUploads = 2;

const LOGINSIGHT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'apiUrl',
    environment: ['LOGINSIGHT_URL'],
    description: 'address of the server, such as https://logs.example.org:9543',
    recipe: true,
  },
  {
    name: 'api',
    flags: '--api <version>',
    description: 'interface of the server',
    choices: ['v1', 'v2', 'cloud'],
    default: 'v1',
    recipe: true,
  },
  {
    name: 'agentId',
    flags: '--agent-id <id>',
    description: 'what the server knows this source as (default: an id made once and kept)',
    recipe: true,
  },
  { name: 'username', environment: ['LOGINSIGHT_USERNAME'], description: 'user to log in as' },
  {
    name: 'password',
    fileFlags: '--password-file <path>',
    environment: ['LOGINSIGHT_PASSWORD'],
    description: 'password of that user',
    secret: true,
  },
  {
    name: 'provider',
    environment: ['LOGINSIGHT_PROVIDER'],
    description: 'who knows that user: Local, ActiveDirectory or vIDM',
    default: 'Local',
  },
  {
    name: 'sessionId',
    environment: ['LOGINSIGHT_SESSION_ID'],
    description: 'session that is used as it is; for the cloud, its token',
    secret: true,
  },
  {
    name: 'caFile',
    flags: '--ca-file <path>',
    description: 'certificates to trust, in PEM form',
    path: { role: 'input' },
  },
  { name: 'insecure', flags: '--insecure', description: 'trust any certificate' },
  {
    name: 'longText',
    flags: '--long-text <how>',
    description: 'what to do with texts over 16 KB',
    choices: ['split', 'truncate', 'reject'],
    default: 'split',
    recipe: true,
  },
];

/** "Log Insight API 1.0, POST events/ingest, Responses". Nothing is de-duplicated: what is in doubt stays in doubt. */
export const LOGINSIGHT_STATUSES: readonly StatusRule[] = [
  { status: '200', verdict: 'taken', meaning: 'taken; events that "ingested" leaves out are unknown' },
  { status: '400', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '401', verdict: 'session', meaning: 'the session is not valid: logs in again' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '415', verdict: 'misdirected', meaning: 'the interface takes another kind of body' },
  { status: '440', verdict: 'closed', meaning: 'the session ran out: logs in again' },
  { status: '503', verdict: 'closed', meaning: 'overloaded, nothing was taken: waits as long as it says' },
];

/** Of `POST /api/v1/sessions`: asking twice does no harm. */
export const LOGIN_STATUSES: readonly StatusRule[] = [
  { status: '400', verdict: 'credentials', meaning: 'the login is refused' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '5xx', verdict: 'closed', meaning: 'asked again' },
];

const LOGINSIGHT_LIMITS: readonly LimitRow[] = [
  { name: 'events per request', value: '500', source: 'Log Insight API 1.0' },
  {
    name: 'bytes per request',
    value: '3.9 MB uncompressed, cloud 0.9 MB',
    source: 'Log Insight API 1.0: 4 MB; Operations for Logs SaaS: 1 MB',
  },
  { name: 'bytes per text', value: '16 KB (--long-text)', source: 'Log Insight API 1.0' },
  { name: 'requests at once', value: String(maxUploads), source: 'scarf-cli' },
  { name: 'times without login', value: 'within 10 minutes of the server', source: 'Log Insight API 1.0' },
];

export const loginsight: Vendor = {
  name: 'loginsight',
  title: 'Log Insight',
  example: 'scarf-cli ingest loginsight app.log --format text --ca-file appliance.pem',
  options: LOGINSIGHT_OPTIONS,
  limits: LOGINSIGHT_LIMITS,
  statuses: LOGINSIGHT_STATUSES,
  otherStatuses: { 'POST /api/v1/sessions': LOGIN_STATUSES },
  trust: (settings) => {
    const caFile = textOf(settings, 'caFile');
    return { ...(caFile === undefined ? {} : { caFile }), insecure: flagOf(settings, 'insecure') };
  },
  cautions,
  createTarget: async (settings, targetContext) => {
    const { createLogInsightTarget } = await import('./target.ts');
    return createLogInsightTarget(settings, targetContext);
  },
};

/** Whether requests say who sends them. */
export function isAuthenticated(settings: SettingValues): boolean {
  return textOf(settings, 'username') !== undefined || textOf(settings, 'sessionId') !== undefined;
}

function cautions(settings: SettingValues): string[] {
  const insecure = '--insecure: certificates are not checked; anybody on the way can read and change events';
  const anonymous =
    'not logged in: Log Insight moves times to within 10 minutes of its clock; the original is kept in the field original_timestamp';
  return [
    ...(flagOf(settings, 'insecure') ? [insecure] : []),
    ...(isAuthenticated(settings) ? [] : [anonymous]),
  ];
}
