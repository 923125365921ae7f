/** Which columns may be meant for a field of a vendor, by their names and by their values. */
import type { RowShape } from '../../contracts/target.ts';
import { isJson } from '../../json.ts';
import { parseJson } from '../json/values.ts';
import { FIELD_TYPE_RULES, NOT_OF_TYPE } from '../rows/field-types.ts';
import type { SeenColumn } from './infer-time.ts';

/** What a vendor says of its fields. */
export interface FieldRules {
  shape: RowShape;
  idField: string | undefined;
}

/** The likeliest first; columns of which only the last part of the name matches come last. */
export function columnsNamedLike(
  field: string,
  columns: readonly SeenColumn[],
  { shape, idField }: FieldRules,
): SeenColumn[] {
  const { columnNames = {}, aliases = {}, times = [] } = shape;
  const timeAliases = times.find(({ path }) => path === field)?.aliases ?? [];
  const others = [...(aliases[field] ?? []), ...timeAliases, ...(columnNames[field] ?? [])];
  const names = [field, ...others].map(plainName);
  const whole = names.flatMap((name) => columns.filter(({ title }) => plainName(title) === name));
  if (field === idField) return [...new Set(whole)];
  const last = names.flatMap((name) => columns.filter(({ title }) => lastName(title) === name));
  return [...new Set([...whole, ...last])];
}

/** Whether each value that the column was seen to have would do for the field. */
export function mayHold(field: string, { values }: SeenColumn, { shape, idField }: FieldRules): boolean {
  const there = values.filter((value) => value !== '');
  if (field === idField) return there.length === values.length && new Set(there).size === values.length;
  if (/address$/.test(field)) return there.every((value) => /^[\da-f.:]*[.:][\da-f.:]*$/i.test(value.trim()));
  if (/domain$/.test(field)) return there.every((value) => /^[\w.-]*[a-z][\w-]*\.[\w.-]+$/i.test(value));
  const type = shape.fieldTypes?.[field];
  if (type === undefined || type === 'text') return true;
  return there.every((value) => FIELD_TYPE_RULES[type].fit(jsonOrText(value)) !== NOT_OF_TYPE);
}

/** In lower case, without separators. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

function lastName(title: string): string {
  return title.includes('.') ? plainName(title.slice(title.lastIndexOf('.') + 1)) : '';
}

function jsonOrText(text: string): unknown {
  return isJson(text) ? parseJson(text) : text;
}
