/** From the options of `schedule create` to what Scarf is asked for. */
import { Failure } from '../../failure.ts';
import type { Destination, ScheduleSpec } from '../../vendors/scarf/schedules/body.ts';
import { checkRoleArn, readBucketPath } from '../../vendors/scarf/schedules/destination.ts';
import { findPackage, findPixel } from '../../vendors/scarf/exports/names.ts';
import { flagOf, textOf, type SettingValues } from '../../vendors/values.ts';
import { findAll, type DatasetContext, type Find } from '../../application/export/setup/artifacts.ts';

/** Names of artifacts are looked up. Throws a Failure `usage` for what does not go together. */
export async function readScheduleSpec(
  values: SettingValues,
  context: DatasetContext,
): Promise<ScheduleSpec> {
  const destination = readDestination(values);
  const packages = await selectArtifacts(
    listOf(values, 'packages'),
    { find: findPackage, flag: '--packages' },
    context,
  );
  const pixels = await selectArtifacts(
    listOf(values, 'pixels'),
    { find: findPixel, flag: '--pixels' },
    context,
  );
  const companies = listOf(values, 'companies');
  const companyRollups = flagOf(values, 'companyRollups');
  if (packages === 'none' && pixels === 'none' && companies.length === 0 && !companyRollups) {
    throw new Failure('usage', 'nothing would be exported', {
      hint: 'choose --packages, --pixels, --companies or --company-rollups',
    });
  }
  const variables = listOf(values, 'variables');
  return {
    destination,
    packages,
    pixels,
    companies,
    companyRollups,
    variables,
    filter: textOf(values, 'filter'),
  };
}

function readDestination(values: SettingValues): Destination {
  const s3 = textOf(values, 's3Bucket');
  const gcs = textOf(values, 'gcsBucket');
  if ((s3 === undefined) === (gcs === undefined)) {
    throw new Failure('usage', 'one bucket is needed: --s3-bucket or --gcs-bucket');
  }
  if (s3 !== undefined) {
    const roleArn = textOf(values, 'roleArn');
    if (roleArn === undefined)
      throw new Failure('usage', '--s3-bucket needs --role-arn', { hint: policyHint });
    return {
      cloud: 's3',
      path: readBucketPath(s3, '--s3-bucket'),
      roleArn: checkRoleArn(roleArn),
      externalId: textOf(values, 'externalId'),
    };
  }
  const serviceAccount = textOf(values, 'serviceAccount');
  if (serviceAccount === undefined) throw new Failure('usage', '--gcs-bucket needs --service-account');
  return { cloud: 'gcs', path: readBucketPath(gcs ?? '', '--gcs-bucket'), serviceAccount };
}

const policyHint = '"scarf-cli schedule policy" prints the policies that the role needs';

async function selectArtifacts(
  texts: readonly string[],
  { find, flag }: { find: Find; flag: string },
  context: DatasetContext,
): Promise<'all' | 'none' | string[]> {
  const [first] = texts;
  if (texts.length === 1 && (first === 'all' || first === 'none')) return first;
  if (texts.includes('all') || texts.includes('none')) {
    throw new Failure('usage', `${flag}: "all" and "none" cannot be combined with others`);
  }
  return findAll(texts, find, context);
}

function listOf(values: SettingValues, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : [];
}
