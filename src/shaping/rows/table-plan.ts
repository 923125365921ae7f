/**
 * What the records of a table must meet to be plain: the demands on rows, as demands on columns, which are known
 * once the header is.
 */
import type { PlainTable, TableMember } from '../../contracts/format.ts';
import { DEMANDS } from './plain-demands.ts';
import type { RowRules } from './row-rules.ts';

export interface TablePlan {
  table: PlainTable;
  rules: RowRules;
  checks: readonly { column: number; demands: number; member: number }[];
  /** How many of the keys of which a row has exactly one are the same in every row. */
  fixedOneOf: number;
  /** Every row has the same id. */
  hasFixedId: boolean;
  /** In how many members one cell stands, at most. */
  uses: number;
}

/** Values that are the same in every row, and what they need to be for rows to be plain. */
const UNCERTAIN = DEMANDS.absent | DEMANDS.time;
const TEXTS = DEMANDS.text | DEMANDS.oneOf | DEMANDS.id;

/** Undefined where no record can be plain. */
export function planTable(
  table: PlainTable,
  rules: RowRules,
  demands: ReadonlyMap<string, number>,
): TablePlan | undefined {
  const demanded = table.members.flatMap((member, index) => {
    const bits = demands.get(member.key);
    return bits === undefined ? [] : [{ ...member, demands: bits, index }];
  });
  const isThere = (key: string): boolean => demanded.some((member) => member.key === key);
  const keysWith = (bit: number): string[] =>
    [...demands].flatMap(([key, bits]) => ((bits & bit) === 0 ? [] : [key]));
  const oneOf = keysWith(DEMANDS.oneOf);
  const isMissing = !keysWith(DEMANDS.required).every(isThere) || (oneOf.length > 0 && !oneOf.some(isThere));
  const fixed = demanded.flatMap(({ value, demands: bits }) => ('json' in value ? [{ ...value, bits }] : []));
  if (isMissing || !fixed.every(({ json, bits }) => meets(json, bits))) return undefined;
  return {
    table,
    rules,
    checks: demanded.flatMap(({ value, demands: bits, index }) =>
      'column' in value && bits !== DEMANDS.string
        ? [{ column: value.column, demands: bits, member: index }]
        : [],
    ),
    fixedOneOf: fixed.filter(({ bits }) => (bits & DEMANDS.oneOf) !== 0).length,
    hasFixedId: fixed.some(({ bits }) => (bits & DEMANDS.id) !== 0),
    uses: Math.max(1, ...usesOf(table.members).values()),
  };
}

/** Whether a value plainly meets what is demanded of it. */
function meets(json: Uint8Array, bits: number): boolean {
  const value: unknown = JSON.parse(Buffer.from(json).toString());
  if ((bits & UNCERTAIN) !== 0) return false;
  if (bits === DEMANDS.string) return typeof value === 'string' || value === null;
  const isText = typeof value === 'string' && value !== '';
  return (bits & TEXTS) !== 0 ? isText : value !== null;
}

function usesOf(members: readonly TableMember[]): Map<number, number> {
  const uses = new Map<number, number>();
  for (const { value } of members)
    if ('column' in value) uses.set(value.column, (uses.get(value.column) ?? 0) + 1);
  return uses;
}
