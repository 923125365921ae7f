/** Describes VMware Log Insight (Aria Operations for Logs): options, limits and statuses. */
import { valuesOf, type SettingValues } from '../../settings/values.ts';
import type { LimitRow, Vendor } from '../vendor.ts';
import { LOGINSIGHT_OPTIONS } from './options.ts';
import { isAuthenticated, LOGIN_STATUSES, LOGINSIGHT_STATUSES, maxUploads } from './rules.ts';

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
    const { caFile, insecure = false } = valuesOf(LOGINSIGHT_OPTIONS, settings);
    return { ...(caFile === undefined ? {} : { caFile }), insecure };
  },
  cautions,
  account: {
    options: ['apiUrl', 'api', 'username', 'provider', 'caFile', 'insecure'],
    user: (settings) => (isCloud(settings) ? undefined : 'username'),
    secret: (settings) =>
      isCloud(settings)
        ? { option: 'sessionId', noun: 'API token' }
        : { option: 'password', noun: 'password' },
    ask: async (question, signal) => {
      const { askLogInsightAccount } = await import('./ask-account.ts');
      return askLogInsightAccount(question, signal);
    },
  },
  createTarget: async (settings, targetContext) => {
    const { createLogInsightTarget } = await import('./target.ts');
    return createLogInsightTarget(valuesOf(LOGINSIGHT_OPTIONS, settings), targetContext);
  },
};

/** The cloud service uses tokens in place of logins ("VMware Aria Operations for Logs SaaS"). */
function isCloud(settings: SettingValues): boolean {
  return valuesOf(LOGINSIGHT_OPTIONS, settings).api === 'cloud';
}

function cautions(values: SettingValues): string[] {
  const settings = valuesOf(LOGINSIGHT_OPTIONS, values);
  const insecure = '--insecure: certificates are not checked; anybody on the way can read and change events';
  const anonymous =
    'not logged in: Log Insight moves times to within 10 minutes of its clock; the original is kept in the field original_timestamp';
  return [
    ...(settings.insecure === true ? [insecure] : []),
    ...(isAuthenticated(settings) ? [] : [anonymous]),
  ];
}
