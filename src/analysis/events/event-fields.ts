/** The cells of an event that are counted, in the order in which `src/kernels/event-counts/fields.ts` numbers them. */
export const EVENT_FIELDS = [
  'id',
  'type',
  'package',
  'pixel',
  'version',
  'time',
  'referer',
  'user_agent',
  'platform',
  'origin_id',
  'origin_country',
  'origin_company',
  'origin_domain',
  'confidence',
  'mtc_quota_exceeded',
] as const;

export const eventField = Object.fromEntries(EVENT_FIELDS.map((name, index) => [name, index])) as Record<
  (typeof EVENT_FIELDS)[number],
  number
>;
