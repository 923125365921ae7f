/** A month of made-up events and companies, the same each time, lively enough to be looked at. */
import { Analyser } from '../../../src/analysis/analyser.ts';
import type { Analysis } from '../../../src/analysis/analysis.ts';
import { csvOf, EVENT_COLUMNS, type EventRow } from '../../analysis/rows.ts';

const versions = ['2.1.0', '2.0.3', '1.9.8', '2.1.1', 'latest'];
const countries = ['US', 'DE', 'IN', 'BR', 'JP', 'GB', 'FR', 'NL', 'CA', 'PL', 'SE', 'ES', 'KR', 'AU'];
const companies = [
  'Acme Rockets',
  'Globex, Inc.',
  'Große Möbel AG',
  'Initech',
  'Umbrella GmbH & Co. KG',
  'Hooli',
  'Vandelay',
];
const clients = [
  'npm/10.8.2',
  'docker/27.1.1',
  'pip/24.0',
  'containerd/1.7',
  'curl/8.9.1',
  'Mozilla/5.0 (X11)',
];
const platforms = ['linux-x64', 'darwin-arm64', 'linux-arm64', 'win32-x64'];
const stages = ['interest', 'investigation', 'experimentation', 'ongoing-usage', 'inactive'];

export function sampleAnalysis(): Analysis {
  const analyser = new Analyser();
  for (const [name, text] of [
    ['events.csv', csvOf(EVENT_COLUMNS, sampleEvents())],
    ['companies.csv', companiesText()],
  ] as const) {
    const feed = analyser.feed(name);
    feed.take(Buffer.from(text));
    feed.end();
  }
  return analyser.finish();
}

function sampleEvents(): EventRow[] {
  const below = random();
  const pick = (list: readonly string[]) => list[below(list.length)] as string;
  const rows: EventRow[] = [];
  for (let day = 1; day <= 30; day++) {
    const isWeekend = day % 7 < 2;
    const count = Math.round((isWeekend ? 260 : 520) * (1 + day / 60)) + below(90);
    for (let index = 0; index < count; index++) {
      const isPixel = below(10) > 3;
      // A release in the middle of the month takes over.
      const isNew = day > 14 && below(20) < day - 14;
      const company = below(3) === 0 ? pick(companies) : '';
      rows.push({
        id: `${day}-${index}`,
        type: isPixel ? 'pixel-fetch' : below(2) === 0 ? 'manifest-fetch' : 'binary-download',
        package: isPixel ? '' : pick(['widget', 'widget-cli', 'library/widget']),
        pixel: isPixel ? pick(['Documentation', 'README']) : '',
        version: isPixel ? '' : isNew ? '2.2.0' : pick(versions),
        time: `2026-11-${String(day).padStart(2, '0')}T12:00:00Z`,
        referer: isPixel
          ? pick(['https://docs.example/', 'https://docs.example/start', 'https://github.com/', ''])
          : '',
        user_agent: pick(clients),
        platform: isPixel ? '' : pick(platforms),
        variables: '',
        origin_id: `origin-${below(9000)}`,
        origin_latitude: '',
        origin_country: pick(countries),
        origin_company: company,
        origin_domain: '',
        dnt: 'false',
        confidence: company === '' ? '' : `0.${999 - below(900)}`,
        mtc_quota_exceeded: 'false',
      });
    }
  }
  return rows;
}

function companiesText(): string {
  const below = random();
  const rows = companies.map((name, index) => ({
    company_name: name,
    company_domain: `${name.toLowerCase().replace(/[^a-z]+/g, '')}.example`,
    funnel_stage: stages[below(stages.length)] as string,
    total_events: String(900 - 90 * index),
    first_seen: '2026-08-01',
    last_seen: '2026-11-30',
    company_country: countries[index] as string,
    interest_start_date: '2026-08-01',
    investigation_start_date: `2026-${String(8 + (index % 4)).padStart(2, '0')}-14`,
    experimentation_start_date: index % 2 === 0 ? `2026-${String(9 + (index % 3)).padStart(2, '0')}-20` : '',
  }));
  return csvOf(Object.keys(rows[0] ?? {}), rows);
}

/** Small numbers are frequent, so that charts have something to tell. */
function random(): (limit: number) => number {
  let state = 7;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor(limit * (state / 0x80000000) ** 1.7);
  };
}
