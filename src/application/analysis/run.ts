/** Runs `report`, from its sources to the page. */
import { Analyser } from '../../analysis/analyser.ts';
import type { Analysis } from '../../analysis/analysis.ts';
import { guardPaths } from '../../disk/output/path-claims.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { renderReport } from '../../page/report/report-page.ts';
import { countOf, formatBytes } from '../../report/terminal/numbers.ts';
import { jsonText } from '../../report/list/json-text.ts';
import { printable } from '../../report/terminal/printable.ts';
import { claimsOfInputs, claimsOfOptions } from '../claims.ts';
import type { Context } from '../context.ts';
import { checkDocuments } from '../documents.ts';
import { REPORT_OPTIONS, type ReportSettings } from '../options/report.ts';
import { reportDocument } from './document.ts';
import { readFiles } from './read-files.ts';
import { findSources, type ReportSources } from './sources.ts';
import { writePage } from './write-page.ts';

export interface ReportRequest {
  /** Files, globs, directories, `-` and `postgres:`. */
  words: readonly string[];
  settings: ReportSettings;
}

/** Resolves to the exit code. Throws a Failure. */
export async function runReport(
  { words, settings }: ReportRequest,
  { machine, interruption }: Pick<Context, 'machine' | 'interruption'>,
): Promise<number> {
  machine.boundHeap();
  const { signal } = interruption;
  const startedMs = machine.elapsedMs();
  const sources = await findSources(words, machine);
  if (settings.table !== undefined && sources.databases.length === 0)
    throw new Failure('usage', '--table has no effect without PostgreSQL among the inputs', {
      hint: 'name a database: postgres:',
    });
  const options = { specs: REPORT_OPTIONS, values: settings, secretFiles: [], machine };
  await guardPaths([...(await claimsOfOptions(options)), ...(await claimsOfInputs(sources.paths, machine))], {
    overwrite: settings.overwrite,
  });
  await checkDocuments([settings.output], { besides: [], workingDirectory: machine.workingDirectory });
  await machine.trace.pathsAreGuarded();
  const say = (text: string) => {
    if (!settings.quiet && !settings.json) machine.stderr.write(`${printable(text)}\n`);
  };
  const { analysis, names } = await analyse(sources, { settings, machine, signal, say });
  const madeAt = new Date(machine.now()).toISOString();
  const page = await renderReport(analysis, { title: settings.title, madeAt, sources: names });
  await writePage(settings.output, page, { machine, signal });
  const { unreadable } = analysis.quality;
  const exit = unreadable === 0 ? 'ok' : 'rejected';
  if (settings.json) {
    const [pageBytes, durationMs] = [Buffer.byteLength(page), machine.elapsedMs() - startedMs];
    const document = reportDocument(analysis, { page: settings.output, pageBytes, durationMs, exit });
    const stream = settings.output === '-' ? machine.stderr : machine.stdout;
    stream.write(`${jsonText(document)}\n`);
  }
  if (unreadable > 0)
    say(
      `warning: ${countOf(unreadable, 'row')} cannot be read, and ${unreadable === 1 ? 'is' : 'are'} left out`,
    );
  say(sentence(analysis, settings.output, Buffer.byteLength(page)));
  return EXIT[exit];
}

interface Analysing {
  settings: ReportSettings;
  machine: Machine;
  signal: AbortSignal;
  say: (text: string) => void;
}

async function analyse(
  { paths, databases }: ReportSources,
  { settings, machine, signal, say }: Analysing,
): Promise<{ analysis: Analysis; names: string[] }> {
  const analyser = new Analyser();
  await readFiles(paths, analyser, { machine, signal });
  const names = [...paths];
  for (const url of databases) {
    const { readDatabase } = await import('./read-tables.ts');
    const { table: tables } = settings;
    const onNotice = (message: string) => say(`warning: ${message}`);
    names.push(await readDatabase({ url, tables, machine, signal, onNotice }, analyser));
  }
  return { analysis: analyser.finish(() => machine.collectGarbage()), names };
}

function sentence({ quality }: Analysis, output: string, bytes: number): string {
  const place = output === '-' ? 'the page' : output;
  const what = `${countOf(quality.rows, 'row')} of ${countOf(quality.files, 'file')}`;
  return `${place}: ${what}, ${formatBytes(bytes)}`;
}
