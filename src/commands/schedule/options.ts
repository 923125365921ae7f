/** The options of `schedule`, declared as data. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { DEBUG_OPTIONS } from '../debug-options.ts';
import { DEADLINE_OPTION } from '../settings.ts';
import { SCARF_ACCOUNT_OPTIONS } from '../../vendors/scarf/vendor.ts';

const JSON_OPTION: OptionSpec = {
  name: 'json',
  flags: '--json',
  description: 'print JSON on one line',
  kind: 'flag',
  default: false,
};

export const SCHEDULE_OPTIONS: readonly OptionSpec[] = [
  ...SCARF_ACCOUNT_OPTIONS,
  {
    name: 'retries',
    flags: '--retries <n>',
    description: 'retries per request',
    kind: 'count',
    default: 5,
  },
  DEADLINE_OPTION,
  JSON_OPTION,
  ...DEBUG_OPTIONS,
];

const BUCKET_OPTIONS: readonly OptionSpec[] = [
  { name: 's3Bucket', flags: '--s3-bucket <bucket/prefix>', description: 'bucket of Amazon S3' },
  {
    name: 'externalId',
    flags: '--external-id <id>',
    description: 'external id that Scarf presents when it assumes the role',
  },
];

export const CREATE_OPTIONS: readonly OptionSpec[] = [
  ...SCHEDULE_OPTIONS,
  ...BUCKET_OPTIONS,
  { name: 'roleArn', flags: '--role-arn <arn>', description: 'role that Scarf assumes to write to S3' },
  { name: 'gcsBucket', flags: '--gcs-bucket <bucket/prefix>', description: 'bucket of Google Cloud Storage' },
  {
    name: 'serviceAccount',
    flags: '--service-account <email>',
    description: 'Google service account that Scarf impersonates',
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
];

export const DELETE_OPTIONS: readonly OptionSpec[] = [
  ...SCHEDULE_OPTIONS,
  { name: 'yes', flags: '--yes', description: 'confirm the deletion', kind: 'flag', default: false },
];

export const POLICY_OPTIONS: readonly OptionSpec[] = [
  ...BUCKET_OPTIONS,
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
  },
];

export const VERIFY_OPTIONS: readonly OptionSpec[] = [
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
];
