/** The options of `schedule`, declared as data. */
import type { OptionSpec } from '../../settings/option-spec.ts';
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
    description: 'tries after the first for each request',
    kind: 'count',
    default: 5,
  },
  DEADLINE_OPTION,
  JSON_OPTION,
];

const BUCKET_OPTIONS: readonly OptionSpec[] = [
  { name: 's3Bucket', flags: '--s3-bucket <bucket/prefix>', description: 'bucket of Amazon S3' },
  {
    name: 'externalId',
    flags: '--external-id <id>',
    description: 'what Scarf must show when it takes the role on',
  },
];

export const CREATE_OPTIONS: readonly OptionSpec[] = [
  ...SCHEDULE_OPTIONS,
  ...BUCKET_OPTIONS,
  { name: 'roleArn', flags: '--role-arn <arn>', description: 'role that Scarf takes on to write to S3' },
  { name: 'gcsBucket', flags: '--gcs-bucket <bucket/prefix>', description: 'bucket of Google Cloud Storage' },
  {
    name: 'serviceAccount',
    flags: '--service-account <email>',
    description: 'account at Google that Scarf impersonates',
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
    description: 'the table of companies too',
    kind: 'flag',
    default: false,
  },
  {
    name: 'variables',
    flags: '--variables <names...>',
    description: 'a column with the counts of these variables',
    default: [],
    repeatable: true,
  },
  { name: 'filter', flags: '--filter <id>', description: 'a filter saved at Scarf, by its id' },
];

export const DELETE_OPTIONS: readonly OptionSpec[] = [
  ...SCHEDULE_OPTIONS,
  { name: 'yes', flags: '--yes', description: 'really delete it', kind: 'flag', default: false },
];

export const POLICY_OPTIONS: readonly OptionSpec[] = [
  ...BUCKET_OPTIONS,
  {
    name: 'role',
    flags: '--role <policy>',
    description: 'access: what the role may do; trust: who may take it on',
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
    description: 'first day that must be there (default: the first there is)',
  },
  {
    name: 'to',
    flags: '--to <date>',
    description: 'last day that must be there (default: the last there is)',
  },
  DEADLINE_OPTION,
  JSON_OPTION,
];
