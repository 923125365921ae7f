/** The options of `schedule`. */
import { DEFAULT_RETRIES } from '../../retry.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { DEADLINE_OPTION } from '../../application/options/common.ts';
import { DEBUG_OPTIONS } from '../../application/options/debug.ts';
import { LISTING_OPTIONS } from '../../application/options/listing.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { SCARF_ACCOUNT_OPTIONS } from '../../vendors/scarf/options.ts';

const JSON_OPTION = {
  name: 'json',
  flags: '--json',
  description: 'print JSON on one line',
  kind: 'flag',
  default: false,
} as const satisfies OptionSpec;

export const SCHEDULE_OPTIONS = [
  ...SCARF_ACCOUNT_OPTIONS,
  {
    name: 'retries',
    flags: '--retries <n>',
    description: 'retries per request',
    kind: 'count',
    default: DEFAULT_RETRIES.schedule,
  },
  DEADLINE_OPTION,
  JSON_OPTION,
  ...DEBUG_OPTIONS,
] as const satisfies readonly OptionSpec[];

export const LIST_OPTIONS = [
  ...SCHEDULE_OPTIONS,
  ...LISTING_OPTIONS,
] as const satisfies readonly OptionSpec[];

const S3_BUCKET_OPTION = {
  name: 's3Bucket',
  flags: '--s3-bucket <bucket/prefix>',
  description: 'bucket of Amazon S3',
} as const satisfies OptionSpec;

const EXTERNAL_ID_OPTION = {
  name: 'externalId',
  flags: '--external-id <id>',
  description: 'external id that Scarf presents when it assumes the role',
} as const satisfies OptionSpec;

export const CREATE_OPTIONS = [
  ...SCHEDULE_OPTIONS,
  S3_BUCKET_OPTION,
  { ...EXTERNAL_ID_OPTION, needs: ['s3Bucket'] },
  {
    name: 'roleArn',
    flags: '--role-arn <arn>',
    description: 'role that Scarf assumes to write to S3',
    needs: ['s3Bucket'],
  },
  { name: 'gcsBucket', flags: '--gcs-bucket <bucket/prefix>', description: 'bucket of Google Cloud Storage' },
  {
    name: 'serviceAccount',
    flags: '--service-account <email>',
    description: 'Google service account that Scarf impersonates',
    needs: ['gcsBucket'],
  },
  {
    name: 'packages',
    flags: '--packages <ids...>',
    description: 'raw events of these packages: all, none, or ids and names',
    default: ['all'],
    repeatable: true,
  },
  {
    name: 'pixels',
    flags: '--pixels <ids...>',
    description: 'raw events of these tracking pixels: all, none, or ids and names',
    default: ['none'],
    repeatable: true,
  },
  {
    name: 'companies',
    flags: '--companies <domains...>',
    description: 'a file of events for each of these companies',
    default: [],
    repeatable: true,
  },
  {
    name: 'companyRollups',
    flags: '--company-rollups',
    description: 'include the table of companies',
    kind: 'flag',
    default: false,
  },
  {
    name: 'variables',
    flags: '--variables <names...>',
    description: 'add a column with counts of these variables',
    default: [],
    repeatable: true,
  },
  { name: 'filter', flags: '--filter <id>', description: 'id of a filter saved in Scarf' },
] as const satisfies readonly OptionSpec[];

export const DELETE_OPTIONS = [
  ...SCHEDULE_OPTIONS,
  { name: 'yes', flags: '--yes', description: 'confirm the deletion', kind: 'flag', default: false },
] as const satisfies readonly OptionSpec[];

export const POLICY_OPTIONS = [
  { ...S3_BUCKET_OPTION, uselessWith: ['role=trust'] },
  { ...EXTERNAL_ID_OPTION, needs: ['role=trust'] },
  {
    name: 'role',
    flags: '--role <policy>',
    description: 'access: what the role may do; trust: who may assume it',
    choices: ['access', 'trust'],
    default: 'access',
  },
  {
    name: 'format',
    flags: '--format <format>',
    description: 'how it is printed',
    choices: ['json', 'terraform'],
    default: 'json',
    // That of a profile is the format of inputs.
    notSaved: true,
  },
] as const satisfies readonly OptionSpec[];

export const VERIFY_OPTIONS = [
  {
    name: 'from',
    flags: '--from <date>',
    description: 'first day to expect (default: the first one found)',
  },
  {
    name: 'to',
    flags: '--to <date>',
    description: 'last day to expect (default: the last one found)',
  },
  DEADLINE_OPTION,
  JSON_OPTION,
] as const satisfies readonly OptionSpec[];

export type ListSettings = ValuesOf<typeof LIST_OPTIONS>;
export type ScheduleSettings = ValuesOf<typeof SCHEDULE_OPTIONS>;
export type CreateSettings = ValuesOf<typeof CREATE_OPTIONS>;
export type DeleteSettings = ValuesOf<typeof DELETE_OPTIONS>;
export type PolicySettings = ValuesOf<typeof POLICY_OPTIONS>;
export type VerifySettings = ValuesOf<typeof VERIFY_OPTIONS>;
