/**
 * The lists of schedules and of their exports. Scarf's replies are undocumented: columns that they lack stay
 * empty.
 */
import type { List, ListValue } from '../../report/list/list.ts';
import { noFilesWrittenText, noSchedulesText } from '../../report/words/schedule.ts';
import { asObject } from '../../json.ts';

function textAt(entry: unknown, ...path: string[]): ListValue {
  const found = path.reduce<unknown>((value, name) => asObject(value)?.[name], entry);
  if (typeof found === 'string' || typeof found === 'number' || typeof found === 'boolean') return found;
  if (Array.isArray(found)) return found.map(String).join(' ');
  return null;
}

/** The first of several names that has a value. */
const oneOf =
  (...paths: readonly (readonly string[])[]) =>
  (entry: unknown): ListValue =>
    paths.map((path) => textAt(entry, ...path)).find((value) => value !== null) ?? null;

const spec = 'cloud_service_spec';

export const SCHEDULE_LIST: List<unknown> = {
  columns: [
    { name: 'id', value: oneOf(['id']) },
    {
      name: 'bucket',
      value: oneOf([spec, 's3_uri_destination'], [spec, 'bucket'], ['s3_uri_destination'], ['bucket']),
      shrinksTo: 12,
    },
    { name: 'service', value: oneOf([spec, 'cloud_service'], ['cloud_service']), drops: 3 },
    { name: 'packages', value: oneOf(['package_ids']), shrinksTo: 8, drops: 2 },
    { name: 'pixels', value: oneOf(['tracking_pixel_ids']), shrinksTo: 8, drops: 1 },
    { name: 'created', kind: 'time', value: oneOf(['created_at']), drops: 4 },
    { name: 'role', value: oneOf([spec, 'arn_role'], [spec, 'service_account']), isExtra: true },
    { name: 'companies', value: oneOf(['company_domains']), isExtra: true },
    { name: 'filter', value: oneOf(['filter_id']), isExtra: true },
  ],
  toJson: (entry) => entry,
  empty: noSchedulesText,
};

export const HISTORY_LIST: List<unknown> = {
  columns: [
    { name: 'schedule', value: oneOf(['export_id'], ['schedule_id'], ['id']), shrinksTo: 10 },
    { name: 'file', value: oneOf(['file_name'], ['file'], ['path']), shrinksTo: 16 },
    { name: 'status', value: oneOf(['status']), drops: 1 },
    { name: 'created', kind: 'time', value: oneOf(['created_at']), drops: 2 },
  ],
  toJson: (entry) => entry,
  empty: noFilesWrittenText,
};
