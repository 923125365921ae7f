import type { KeepEvents } from '../events/store.ts';

export interface LogInsightOptions {
  username?: string;
  password?: string;
  provider?: 'Local' | 'ActiveDirectory' | 'vIDM';
  /** The lifetime of a session; the samples of the REST reference show half an hour. */
  sessionTtlMs?: number;
  /** Which product answers `POST /api/v2/events`: the appliance, or the log-management API in the cloud. */
  product?: 'appliance' | 'cloud';
  /** The bearer token of the cloud product. */
  cloudToken?: string;
  /** `false` answers everything with 503, as an appliance before its initial setup. */
  bootstrapped?: boolean;
  /**
   * `false` refuses gzip with 400. No reference documents gzip; the vendor's fluentd plugin uses it since
   * 1.4.1.
   */
  gzip?: boolean;
  /** 4 MB on the appliance, 1 MB in the cloud, uncompressed. */
  maxBodyBytes?: number;
  maxTextBytes?: number;
  /** 1 to 500 (API overview 8.18). */
  maxEvents?: number;
  /** What an invalid event causes: its request is refused, or only the event is dropped. */
  badEvents?: 'refuse-request' | 'drop-event';
  /** Also listens with TLS and a self-signed certificate, as appliances do. */
  tls?: boolean;
  keepEvents?: KeepEvents;
}

export type LogInsightSettings = Required<LogInsightOptions>;

export function resolveLogInsightOptions(options: LogInsightOptions): LogInsightSettings {
  return {
    username: 'admin',
    password: 'sandbox-password',
    provider: 'Local',
    sessionTtlMs: 1_800_000,
    product: 'appliance',
    cloudToken: 'sandbox-cloud-token',
    bootstrapped: true,
    gzip: true,
    maxBodyBytes: options.product === 'cloud' ? 1_000_000 : 4_000_000,
    maxTextBytes: 16_384,
    maxEvents: 500,
    badEvents: 'refuse-request',
    tls: false,
    keepEvents: false,
    ...options,
  };
}
