/** The columns of a raw export in their real order (scarf-sh/scarf-postgres-exporter, 2025-10-01). */
export const EVENT_COLUMNS = [
  'id',
  'type',
  'package',
  'pixel',
  'version',
  'time',
  'referer',
  'user_agent',
  'platform',
  'variables',
  'origin_id',
  'origin_latitude',
  'origin_longitude',
  'origin_country',
  'origin_city',
  'origin_postal',
  'origin_connection_type',
  'origin_company',
  'origin_domain',
  'dnt',
  'confidence',
  'endpoint_id',
  'origin_state',
  'mtc_quota_exceeded',
] as const;

export interface Place {
  country: string;
  city: string;
  postal: string;
  state: string;
  latitude: string;
  longitude: string;
}

export interface Company {
  name: string;
  domain: string;
}

export const PLACES: readonly Place[] = [
  {
    country: 'US',
    city: 'Oakland',
    postal: '94612',
    state: 'CA',
    latitude: '37.8044',
    longitude: '-122.2712',
  },
  { country: 'DE', city: 'Köln', postal: '50667', state: 'NW', latitude: '50.9375', longitude: '6.9603' },
  {
    country: 'BR',
    city: 'São Paulo',
    postal: '01310-100',
    state: 'SP',
    latitude: '-23.5505',
    longitude: '-46.6333',
  },
  {
    country: 'JP',
    city: '東京',
    postal: '100-0001',
    state: '13',
    latitude: '35.6762',
    longitude: '139.6503',
  },
  {
    country: 'IN',
    city: 'Bengaluru',
    postal: '560001',
    state: 'KA',
    latitude: '12.9716',
    longitude: '77.5946',
  },
];

export const COMPANIES: readonly Company[] = [
  { name: 'Acme Rockets', domain: 'acme.example' },
  { name: 'Globex, Inc.', domain: 'globex.example' },
  { name: 'Initech "Software"', domain: 'initech.example' },
  { name: 'Umbrella GmbH & Co. KG', domain: 'umbrella.example' },
  { name: 'Große Möbel AG', domain: 'moebel.example' },
];

export const USER_AGENTS = [
  'npm/10.8.2 node/v20.20.0 linux x64 workspaces/false',
  'docker/27.1.1 go/go1.21.12 kernel/6.8.0 os/linux arch/amd64',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
  'curl/8.9.1',
] as const;

export const PLATFORMS = ['linux-x64', 'darwin-arm64', 'win32-x64', ''] as const;
export const VERSIONS = ['1.0.0', '1.1.0', '2.0.0-beta.1', 'latest'] as const;
export const CONNECTIONS = ['business', 'isp', 'hosting', ''] as const;
export const PACKAGE_EVENT_TYPES = ['manifest-fetch', 'binary-download'] as const;
export const REFERERS = ['https://docs.example/start?from=a,b', 'https://example.org/', ''] as const;

export const ODD_TEXTS = [
  'agent "quoted", with commas',
  'two\nlines and a "quote" at the end"',
  'naïve – 東京 – Ελλάδα – 🚀',
  'carriage\r\nreturn, comma',
  '=HYPERLINK("https://example.org")',
] as const;
