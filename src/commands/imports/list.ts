/** The columns of the list of imports, as far as Scarf's reply fills them. */
import type { List, ListValue } from '../../report/list/list.ts';
import { noImportsText } from '../../report/words/imports.ts';
import type { EventImport } from '../../vendors/scarf/imports.ts';

/** A field that Scarf may omit, or send with another type. */
const field =
  (name: string) =>
  (one: EventImport): ListValue => {
    const value = one[name];
    return typeof value === 'string' || typeof value === 'number' ? value : null;
  };

export const IMPORT_LIST: List<EventImport> = {
  columns: [
    { name: 'id', value: ({ id }) => id, shrinksTo: 10 },
    { name: 'status', value: field('status') },
    { name: 'events', kind: 'count', value: field('events_total'), drops: 3 },
    { name: 'imported', kind: 'count', value: field('events_successfully_imported'), drops: 2 },
    { name: 'failed', kind: 'count', value: field('events_failed_to_import'), drops: 1 },
    { name: 'created', kind: 'time', value: field('created_at') },
    { name: 'updated', kind: 'time', value: field('updated_at'), isExtra: true },
  ],
  toJson: (one) => one,
  empty: noImportsText,
};
