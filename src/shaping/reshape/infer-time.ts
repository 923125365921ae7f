/** Which columns of a table are its time, and in which form: never one that says less than another does. */

/** A column, and values of it as texts; empty ones say nothing. */
export interface SeenColumn {
  name: string;
  values: readonly string[];
}

/** What to map to the time, and how it is read. */
export interface TimeProposal {
  /** As `--map` names it: `when`, or `Date+Time`. */
  from: string;
  timeFormat?: string;
  /** What the data do not tell. */
  note?: string;
}

const CLOCK_ALONE = /^\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?$/;
const DAY_ALONE = /^(?:\d{4}-\d\d-\d\d|\d{8}|\d{1,2}([/.-])\d{1,2}\1\d{2,4})$/;
const SLASHED = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d\d)(?: (\d{1,2}):\d\d(:\d\d)?( ?[AaPp][Mm])?)?$/;

/** `candidates`: columns that are called like a time. */
export function proposeTime(
  candidates: readonly SeenColumn[],
  columns: readonly SeenColumn[],
): TimeProposal | undefined {
  const clock = columns.find(({ values }) => areAll(values, CLOCK_ALONE));
  const days = candidates.filter(({ values }) => areAll(values, DAY_ALONE));
  const whole = candidates.find((one) => !days.includes(one) && one !== clock);
  if (whole !== undefined) return { from: whole.name, ...formOf(there(whole.values)) };
  const [day] = days;
  if (day === undefined) return undefined;
  if (clock === undefined) return { from: day.name, ...formOf(there(day.values)) };
  const joined = day.values.map((value, index) => `${value} ${clock.values[index] ?? ''}`.trim());
  return { from: `${day.name}+${clock.name}`, ...formOf(there(joined)) };
}

/** The format of dates with slashes, as far as the data allow one reading only. */
function formOf(values: readonly string[]): Omit<TimeProposal, 'from'> {
  const matches = values.map((value) => SLASHED.exec(value));
  const [first] = matches;
  if (!first || matches.some((match) => match === null || match[2] !== first[2])) return {};
  const isAbove = (group: number) => matches.some((match) => Number(match?.[group]) > 12);
  const separator = first[2] ?? '/';
  const year = first[4]?.length === 4 ? '%Y' : '%y';
  const half = first[7] === undefined ? '' : `${first[7].startsWith(' ') ? ' ' : ''}%p`;
  const clock = `${half === '' ? '%H' : '%I'}:%M${first[6] === undefined ? '' : ':%S'}${half}`;
  const behind = first[5] === undefined ? '' : ` ${clock}`;
  const format = (parts: readonly string[]) => `${[...parts, year].join(separator)}${behind}`;
  const dayFirst = format(['%d', '%m']);
  const monthFirst = format(['%m', '%d']);
  if (isAbove(1) && isAbove(3)) return { note: 'dates with slashes are in no one order of day and month' };
  if (isAbove(1)) return { timeFormat: dayFirst };
  if (isAbove(3)) return { timeFormat: monthFirst };
  return { note: `the data allow two readings of the dates: --time-format '${dayFirst}' or '${monthFirst}'` };
}

function areAll(values: readonly string[], pattern: RegExp): boolean {
  const said = there(values);
  return said.length > 0 && said.every((value) => pattern.test(value));
}

function there(values: readonly string[]): string[] {
  return values.map((value) => value.trim()).filter((value) => value !== '');
}
