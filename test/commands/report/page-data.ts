/** What a page of `report` has to show. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import type { Analysis } from '../../../src/analysis/analysis.ts';
import { withoutSteps } from '../../../src/page/report/steps.ts';
import { totalsBy } from '../../../src/analysis/totals.ts';

export async function analysisIn(file: string): Promise<Analysis> {
  const page = await readFile(file, 'utf8');
  const [, json = '{}'] = /id="page-data">(.*?)<\/script>/s.exec(page) ?? [];
  const { packed } = JSON.parse(json) as { packed: string };
  const text = gunzipSync(Buffer.from(packed, 'base64')).toString();
  return withoutSteps((JSON.parse(text) as { analysis: Analysis }).analysis);
}

/** The part of it by which two analyses of the same events are compared. */
export const shown = ({ facts }: Analysis) => ({
  days: facts[0]?.days,
  countries: facts[0] && totalsBy(facts[0], 'country'),
  companies: facts[0] && totalsBy(facts[0], 'company'),
  origins: facts[0]?.cells.newOrigins?.reduce((sum, one) => sum + one, 0),
});
