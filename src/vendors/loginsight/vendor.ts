/** VMware Log Insight (Aria Operations for Logs), described: options, limits and what its statuses mean. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { flagOf, textOf, type SettingValues } from '../values.ts';
import type { LimitRow, Vendor } from '../vendor.ts';
import { isAuthenticated, LOGIN_STATUSES, LOGINSIGHT_STATUSES, maxUploads } from './rules.ts';

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
    description: 'API version of the server',
    choices: ['v1', 'v2', 'cloud'],
    default: 'v1',
    recipe: true,
  },
  {
    name: 'agentId',
    flags: '--agent-id <id>',
    description: 'id under which the server knows this source (default: generated once and kept)',
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
    description: 'identity provider of that user: Local, ActiveDirectory or vIDM',
    default: 'Local',
  },
  {
    name: 'sessionId',
    environment: ['LOGINSIGHT_SESSION_ID'],
    description: 'session id to use as is; for the cloud, an API token',
    secret: true,
  },
  {
    name: 'caFile',
    flags: '--ca-file <path>',
    description: 'PEM file of certificates to trust',
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

const LOGINSIGHT_LIMITS: readonly LimitRow[] = [
  { name: 'events per request', value: '500', source: 'Log Insight API 1.0' },
  {
    name: 'bytes per request',
    value: '3.9 MB uncompressed, cloud 0.9 MB',
    source: 'Log Insight API 1.0: 4 MB; Operations for Logs SaaS: 1 MB',
  },
  { name: 'bytes per text', value: '16 KB (--long-text)', source: 'Log Insight API 1.0' },
  { name: 'concurrent requests', value: String(maxUploads), source: 'scarf-cli' },
  { name: 'times without login', value: 'within 10 minutes of the server', source: 'Log Insight API 1.0' },
];

export const loginsight: Vendor = {
  name: 'loginsight',
  title: 'Log Insight',
  example: 'scarf-cli ingest loginsight app.log --format text --ca-file appliance.pem',
  logFields: { time: 'timestamp' },
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

function cautions(settings: SettingValues): string[] {
  const insecure = '--insecure: certificates are not checked; anybody on the way can read and change events';
  const anonymous =
    'not logged in: Log Insight moves times to within 10 minutes of its clock; the original is kept in the field original_timestamp';
  return [
    ...(flagOf(settings, 'insecure') ? [insecure] : []),
    ...(isAuthenticated(settings) ? [] : [anonymous]),
  ];
}
