/** Lines of each preset's kind, from a seed, as the program writes them that the preset is named after; with what they say. */

/** A row, as whoever made the line knows it. */
export interface Said {
  /** ISO 8601. */
  time: string;
  address?: string;
  agent?: string;
  referrer?: string;
  domain?: string;
  /** Other values that must arrive under these names. */
  more?: Record<string, string | null>;
}

export interface Generated {
  content: Buffer;
  said: Said[];
  /** What else the command needs. */
  flags?: readonly string[];
}

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const AGENTS = [
  'curl/8.5.0',
  'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
  'docker/27.1 go/go1.22 git-commit/cc13f95 kernel/6.8 os/linux UpstreamClient(Docker-Client/27.1 \\(linux\\))',
  'says "hello", twice',
  'pip/24.0 {"cpu":"x86_64"}',
  'Grüße/1.0',
];
const REFERRERS = ['https://example.com/docs?a=b%20c', 'https://example.org/"quoted"', undefined];
const PATHS = ['/a.tgz', '/v2/library/nginx/manifests/latest', '/p%20q?x=1&y=[2]', '/ü'];

interface Request {
  at: Date;
  address: string;
  agent: string | undefined;
  referrer: string | undefined;
  path: string;
  status: number;
  bytes: number;
  /** Minutes east of Greenwich of whoever writes the log. */
  zoneMinutes: number;
}

type Random = () => number;

function pick<Value>(random: Random, values: readonly Value[]): Value {
  return values[Math.floor(random() * values.length)] as Value;
}

function requestOf(random: Random, now: number): Request {
  const isV6 = random() < 0.3;
  const group = () => Math.floor(0x1000 + random() * 0xefff).toString(16);
  const number = () => Math.floor(random() * 256);
  return {
    at: new Date((Math.floor(now / 1000) - Math.floor(random() * 3 * 86_400)) * 1000),
    address: isV6
      ? `2001:db8:${Array.from({ length: 6 }, group).join(':')}`
      : `203.0.${number()}.${number()}`,
    agent: random() < 0.1 ? undefined : pick(random, AGENTS),
    referrer: pick(random, REFERRERS),
    path: pick(random, PATHS),
    status: pick(random, [200, 304, 404]),
    bytes: Math.floor(random() * 1e6),
    zoneMinutes: pick(random, [0, 120, -330]),
  };
}

function iso(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `[04/Jun/2024:14:30:15 +0200]` */
function clfTime({ at, zoneMinutes }: Pick<Request, 'at' | 'zoneMinutes'>): string {
  const there = new Date(at.getTime() + zoneMinutes * 60_000);
  const ahead = Math.abs(zoneMinutes);
  const zone = `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}${two(ahead % 60)}`;
  const day = `${two(there.getUTCDate())}/${MONTHS[there.getUTCMonth()]}/${there.getUTCFullYear()}`;
  return `[${day}:${there.toISOString().slice(11, 19)} ${zone}]`;
}

/** As Apache escapes headers. */
function inQuotes(text: string | undefined): string {
  return `"${(text ?? '-').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function maybe(name: keyof Said, value: string | undefined): Partial<Said> {
  return value === undefined ? {} : { [name]: value };
}

const clfLine = (request: Request): string =>
  `${request.address} - - ${clfTime(request)} "GET ${request.path} HTTP/1.1" ${request.status} ${request.bytes}`;

const combinedLine = (request: Request): string =>
  `${clfLine(request)} ${inQuotes(request.referrer)} ${inQuotes(request.agent)}`;

function lines(
  count: number,
  { random, now }: { random: Random; now: number },
  make: (request: Request, index: number) => { line: string; said: Said },
): Generated {
  const made = Array.from({ length: count }, (_, index) => make(requestOf(random, now), index));
  return {
    content: Buffer.from(made.map(({ line }) => `${line}\n`).join('')),
    said: made.map(({ said }) => said),
  };
}

export type Generator = (count: number, from: { random: Random; now: number }) => Generated;

function saidBy(request: Request, ...fields: (keyof Said)[]): Said {
  const { address, agent, referrer } = request;
  const all: Partial<Said> = {
    address,
    ...maybe('agent', agent),
    ...maybe('referrer', referrer),
  };
  return {
    time: iso(request.at),
    ...Object.fromEntries(fields.flatMap((field) => (all[field] === undefined ? [] : [[field, all[field]]]))),
  };
}

const AWS_OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';

export const GENERATORS: Readonly<Record<string, Generator>> = {
  clf: (count, from) =>
    lines(count, from, (request) => ({ line: clfLine(request), said: saidBy(request, 'address') })),

  combined: (count, from) =>
    lines(count, from, (request) => ({
      line: combinedLine(request),
      said: {
        ...saidBy(request, 'address', 'agent', 'referrer'),
        more: { request: `GET ${request.path} HTTP/1.1`, status: String(request.status) },
      },
    })),

  's3-access': (count, from) =>
    lines(count, from, (request, index) => {
      const key = request.path.slice(1).replaceAll(' ', '%20');
      const cells = [
        `${AWS_OWNER} downloads ${clfTime({ ...request, zoneMinutes: 0 })} ${request.address} - 3E57427F3EXAMPLE${index}`,
        `REST.GET.OBJECT ${key} "GET /${key} HTTP/1.1" ${request.status} - ${request.bytes} ${request.bytes} 7 6`,
        `"${request.referrer?.replaceAll('"', '%22') ?? '-'}" "${request.agent?.replaceAll('"', '%22') ?? '-'}" -`,
        's9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234= SigV4',
        `ECDHE-RSA-AES128-GCM-SHA256 AuthHeader downloads.s3.amazonaws.com TLSV1.2 - -`,
      ];
      // Fields that AWS adds, and older lines that lack some.
      const line = index % 3 === 0 ? [...cells, 'us-east-1'].join(' ') : cells.join(' ');
      const agent = request.agent?.replaceAll('"', '%22').replaceAll(/\\(?=[\\"])/g, '');
      const referrer = request.referrer?.replaceAll('"', '%22');
      return {
        line: index % 5 === 1 ? line.replace(/ - -$/, '') : line,
        said: {
          time: iso(request.at),
          address: request.address,
          ...maybe('agent', agent),
          ...maybe('referrer', referrer),
          domain: 'downloads.s3.amazonaws.com',
        },
      };
    }),

  alb: (count, from) =>
    lines(count, from, (request, index) => {
      const agent = request.agent?.replaceAll('\\', '').replaceAll('"', "'");
      const time = request.at.toISOString().replace('Z', '456Z');
      const cells = [
        `https ${time} app/my-lb/50dc6c495c0c9188 ${request.address}:${50_000 + (index % 999)} 10.0.0.1:80`,
        `0.086 0.048 0.037 ${request.status} ${request.status} 0 57 "GET https://downloads.example.com:443${request.path} HTTP/1.1"`,
        `"${agent ?? '-'}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2`,
        'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067',
        '"Root=1-58337281-1d84f3d73c47ec4e58577259" "downloads.example.com" "session-reused" 1',
        `${time} "forward,waf" "-" "-" "10.0.0.1:80" "${request.status}" "-" "-"`,
      ];
      // As it was until 2024, as it is, and as it may become.
      const added = [
        [],
        ['TID_1234abcd5678ef90'],
        ['TID_1234abcd5678ef90 "-" "-" "-"'],
        ['TID_a "-" "-" "-" 10.0.0.9'],
      ];
      return {
        line: [...cells, ...(added[index % 4] ?? [])].join(' '),
        said: {
          time: iso(new Date(request.at)).replace(/Z$/, '.000456Z'),
          address: request.address,
          ...maybe('agent', agent),
          domain: 'downloads.example.com',
        },
      };
    }),

  cloudfront: (count, from) => {
    const names =
      'date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end';
    const { content, said } = lines(count, from, (request, index) => {
      const encoded = (text: string | undefined): string =>
        text === undefined ? '-' : encodeURIComponent(text);
      const [day = '', clock = ''] = request.at.toISOString().slice(0, 19).split('T');
      const cells = [
        ...[
          day,
          clock,
          'LAX1',
          String(request.bytes),
          request.address,
          'GET',
          'd111111abcdef8.cloudfront.net',
        ],
        ...[
          encodeURI(request.path),
          String(request.status),
          encoded(request.referrer),
          encoded(request.agent),
        ],
        ...['-', '-', 'Hit', `SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==${index}`],
        ...['downloads.example.com', 'https', '23', '0.001', '-', 'TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256'],
        ...['Hit', 'HTTP/2.0', '-', '-', '11040', '0.001', 'Hit', 'text/html', '78', '-', '-'],
      ];
      return {
        line: cells.join('\t'),
        said: { ...saidBy(request, 'address', 'agent', 'referrer'), domain: 'downloads.example.com' },
      };
    });
    return { content: Buffer.concat([Buffer.from(`#Version: 1.0\n#Fields: ${names}\n`), content]), said };
  },

  fastly: (count, from) =>
    lines(count, from, (request, index) => {
      const prefix = index % 2 === 0 ? '' : `<134>${iso(request.at)} cache-sjc3128 LogTest[62959]: `;
      if (index % 3 === 0) return { line: `${prefix}${clfLine(request)}`, said: saidBy(request, 'address') };
      const json = JSON.stringify({
        timestamp: request.at.toISOString().replace('.000Z', '+0000'),
        client_ip: request.address,
        host: 'downloads.example.com',
        url: request.path,
        request_method: 'GET',
        ...(request.referrer === undefined ? {} : { request_referer: request.referrer }),
        ...(request.agent === undefined ? {} : { request_user_agent: request.agent }),
        response_status: request.status,
      });
      return {
        line: `${prefix}${json}`,
        said: { ...saidBy(request, 'address', 'agent', 'referrer'), domain: 'downloads.example.com' },
      };
    }),

  'docker-registry': (count, from) =>
    lines(count, from, (request, index) => {
      const address = request.address.includes(':')
        ? `[${request.address}]:44072`
        : `${request.address}:44072`;
      const values: [string, string][] = [
        ['time', iso(request.at).replace('Z', '.550816892Z')],
        ['level', 'info'],
        ['msg', 'response completed'],
        ['go.version', 'go1.22.4'],
        ['http.request.host', 'registry.example.com'],
        ['http.request.method', 'GET'],
        ['http.request.remoteaddr', index % 2 === 0 ? address : request.address],
        ['http.request.uri', request.path],
        ['http.request.useragent', request.agent ?? ''],
        ['http.response.status', String(request.status)],
      ];
      const isBare = (text: string): boolean => /^[\w./@^+-]+$/.test(text);
      const quoted = (text: string): string =>
        `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('ü', '\\u00fc')}"`;
      const pairs = values.map(([key, value]) => `${key}=${isBare(value) ? value : quoted(value)}`).join(' ');
      const json = JSON.stringify(Object.fromEntries(values));
      const noise = [
        'time="2026-11-25T10:00:00.1Z" level=info msg="authorized request" go.version=go1.22.4',
        combinedLine({ ...request, agent: request.agent ?? '', referrer: '' }),
      ];
      const { agent, ...said } = saidBy(request, 'address', 'agent');
      return {
        line: [...noise, index % 4 === 3 ? json : pairs].join('\n'),
        said: {
          ...said,
          time: said.time.replace('Z', '.550816892Z'),
          domain: 'registry.example.com',
          agent: agent ?? '',
        },
      };
    }),

  'github-traffic': (count, { now }) => {
    const days = Array.from({ length: count }, (_, index) => new Date(now - index * 86_400_000));
    const clones = days.map((at, index) => ({
      timestamp: `${at.toISOString().slice(0, 10)}T00:00:00Z`,
      count: index + 2,
      uniques: index + 1,
    }));
    return {
      content: Buffer.from(JSON.stringify({ count: 1, uniques: 1, clones }, undefined, 2)),
      said: clones.map(({ timestamp }) => ({ time: timestamp })),
    };
  },

  'excel-eu': (count, from) => {
    const { content, said } = lines(count, from, (request, index) => {
      const [year, month, day] = request.at.toISOString().slice(0, 10).split('-');
      const clock = request.at.toISOString().slice(11, index % 2 === 0 ? 19 : 16);
      const dash = ['.', '/', '-'][index % 3] ?? '.';
      const at = index % 2 === 0 ? request.at : new Date(Math.floor(request.at.getTime() / 60_000) * 60_000);
      return {
        line: `${[day, month, year].join(dash)} ${clock};1.234,5;"Müller; ""ß""";${request.address}\r`,
        said: { time: iso(at), address: request.address, more: { name: 'Müller; "ß"' } },
      };
    });
    const text = `Zeit;Betrag;name;IP\r\n${content.toString('utf8')}`;
    const flags = ['--map', 'Zeit=$time', '--map', 'IP=$remote_address', '--type', 'Betrag:number'];
    return { content: Buffer.from(text, 'latin1'), said, flags };
  },

  mysql: (count, from) => ({ ...escaped(count, from, '\t', mysqlCell), flags: COUNTED }),
  'postgres-copy': (count, from) => ({ ...escaped(count, from, '\t', postgresCell), flags: COUNTED }),
  redshift: (count, from) => {
    const cell = redshiftCell;
    return { ...escaped(count, from, '|', cell), flags: COUNTED };
  },
};

const COUNTED = ['--header', 'when,ip,note,void', '--map', 'when=$time', '--map', 'ip=$remote_address'];

/** Texts that tables must escape. */
const NOTES = ['plain', 'a\tb', 'line\nend', 'back\\slash', 'a|b', '"quoted"', "it's", 'N', 'Grüße', '\\N'];

function escaped(
  count: number,
  from: { random: Random; now: number },
  delimiter: string,
  cell: (text: string | null, index: number) => string,
): Generated {
  return lines(count, from, (request, index) => {
    const note = NOTES[index % NOTES.length] ?? '';
    const when = `${request.at.toISOString().slice(0, 19).replace('T', ' ')}${index % 2 === 0 ? '+00' : ''}`;
    const cells = [when, request.address, note, null].map((text) => cell(text, index));
    return {
      line: cells.join(delimiter),
      said: { time: iso(request.at), address: request.address, more: { note, void: null } },
    };
  });
}

function mysqlCell(text: string | null): string {
  return text === null ? '\\N' : text.replaceAll(/[\\\t\n]/g, '\\$&');
}

function postgresCell(text: string | null): string {
  const letters: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n' };
  return text === null ? '\\N' : text.replaceAll(/[\\\t\n]/g, (one) => letters[one] ?? one);
}

/** With ESCAPE, and on some lines with ADDQUOTES too. */
function redshiftCell(text: string | null, index: number): string {
  const hasQuotes = index % 2 === 1;
  const plain = (text ?? '').replaceAll(/[\\|\n\r]/g, '\\$&');
  return hasQuotes ? `"${plain.replaceAll(/["']/g, '\\$&')}"` : plain;
}
