/** Why rows were rejected by earlier processes of a run, or by the run whose outcome is repeated. */
import { maxPlaces, type ReasonGroup, type Tally } from '../../../report/delivery/tally.ts';
import type { RecordedRun } from '../page/run-facts.ts';

/** Descriptions of more rows are not read again: a signal or a deadline leaves little time. */
const maxRows = 100_000;

/**
 * The reasons of all rejected rows, in place of those of this process alone, from the files that the run left.
 * Undefined when the tally has all of them, or when the files do not have exactly the others: they are gone or were
 * changed, or rows were rejected by several runs. Files may also hold rows of other inputs.
 */
export async function reasonsOfAll(
  { counts, inputs, reasons }: Pick<Tally, 'counts' | 'inputs' | 'reasons'>,
  recorded: () => Promise<RecordedRun | undefined>,
): Promise<ReasonGroup[] | undefined> {
  const { rejected } = counts;
  if (rowsOf(reasons) === rejected || rejected > maxRows) return undefined;
  const run = await recorded();
  if (run === undefined) return undefined;
  const { recordedReasons } = await import('../page/run-facts.ts');
  const paths = new Set(inputs.map((input) => input?.path));
  const found = await recordedReasons(run.state, (path) => paths.has(path));
  if (rowsOf(found) !== rejected) return undefined;
  return found.map(({ first, ...group }) => ({
    ...group,
    places: first.slice(0, maxPlaces).map(({ file: path, line, column, message }) => ({
      path,
      line,
      ...(column === undefined ? {} : { column }),
      ...(message === group.message ? {} : { message }),
    })),
  }));
}

function rowsOf(groups: readonly { rows: number }[]): number {
  return groups.reduce((sum, { rows }) => sum + rows, 0);
}
