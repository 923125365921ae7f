/** Shapes that targets require of rows, for tests of kernels. */
import type { RowShape } from '../../src/contracts/target.ts';

export const WEEK_MS = 7 * 86_400_000;

/** Scarf's, for rows that name their artifact. */
export const BULK: RowShape = {
  required: [{ path: '$time', reason: 'time-missing' }],
  times: [{ path: '$time', oldAfterMs: WEEK_MS, oldReason: 'old-event' }],
  oneOf: { keys: ['$package', '$tracking_pixel', '$pixel'], reason: 'artifact-missing' },
  renames: { $pixel: '$tracking_pixel' },
  fieldTypes: { $version: 'text', $headers: 'header-list' },
};

/** Scarf's, for rows of a single artifact. */
export const PACKAGE: RowShape = {
  required: BULK.required,
  times: [{ path: '$time', oldReason: 'old-event' }],
  fixed: { $package: { value: 'p', reason: 'other-artifact' }, $pixel: { value: null, reason: 'other' } },
};

/** Sumatra's. */
export const TYPED: RowShape = { required: [{ path: '$type', type: 'string', reason: 'type-missing' }] };

export const FREE: RowShape = { required: [] };
