/** What targets demand of rows, in the forms that a kernel knows. */
import type { RowShape } from '../../src/contracts/target.ts';

export const WEEK_MS = 7 * 86_400_000;

/** As Scarf demands of rows that name their artifact. */
export const BULK: RowShape = {
  required: [{ path: '$time', reason: 'time-missing' }],
  times: [{ path: '$time', oldAfterMs: WEEK_MS, oldReason: 'old-event' }],
  oneOf: { keys: ['$package', '$tracking_pixel', '$pixel'], reason: 'artifact-missing' },
  renames: { $pixel: '$tracking_pixel' },
  fieldTypes: { $version: 'text', $headers: 'header-list' },
};

/** As Scarf demands of rows of one artifact. */
export const PACKAGE: RowShape = {
  required: BULK.required,
  times: [{ path: '$time', oldReason: 'old-event' }],
  fixed: { $package: { value: 'p', reason: 'other-artifact' }, $pixel: { value: null, reason: 'other' } },
};

/** As Sumatra demands. */
export const TYPED: RowShape = { required: [{ path: '$type', type: 'string', reason: 'type-missing' }] };

export const FREE: RowShape = { required: [] };
