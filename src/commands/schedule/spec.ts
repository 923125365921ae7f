/** Turns the options of `schedule create` into Scarf's request. */
import { Failure } from '../../failure.ts';
import type { Destination, ScheduleSpec } from '../../vendors/scarf/schedules/body.ts';
import { checkRoleArn, readBucketPath } from '../../vendors/scarf/schedules/destination.ts';
import { findPackage, findPixel } from '../../vendors/scarf/exports/names.ts';
import type { CreateSettings } from './options.ts';
import { findAll, type DatasetContext, type Find } from '../../application/export/setup/artifacts.ts';

/** Looks up names of artifacts. Throws a Failure `usage` for options that contradict each other. */
export async function readScheduleSpec(
  settings: CreateSettings,
  context: DatasetContext,
): Promise<ScheduleSpec> {
  const { companies, companyRollups, filter, variables } = settings;
  const destination = readDestination(settings);
  const packages = await selectArtifacts(
    settings.packages,
    { find: findPackage, flag: '--packages' },
    context,
  );
  const pixels = await selectArtifacts(settings.pixels, { find: findPixel, flag: '--pixels' }, context);
  if (packages === 'none' && pixels === 'none' && companies.length === 0 && !companyRollups) {
    throw new Failure('usage', 'nothing would be exported', {
      hint: 'choose --packages, --pixels, --companies or --company-rollups',
    });
  }
  return { destination, packages, pixels, companies, companyRollups, variables, filter };
}

function readDestination(settings: CreateSettings): Destination {
  const { externalId, gcsBucket, roleArn, s3Bucket, serviceAccount } = settings;
  if ((s3Bucket === undefined) === (gcsBucket === undefined)) {
    throw new Failure('usage', 'one bucket is needed: --s3-bucket or --gcs-bucket');
  }
  if (s3Bucket !== undefined) {
    if (roleArn === undefined)
      throw new Failure('usage', '--s3-bucket needs --role-arn', { hint: policyHint });
    const path = readBucketPath(s3Bucket, '--s3-bucket');
    return { cloud: 's3', path, roleArn: checkRoleArn(roleArn), externalId };
  }
  if (serviceAccount === undefined) throw new Failure('usage', '--gcs-bucket needs --service-account');
  return { cloud: 'gcs', path: readBucketPath(gcsBucket ?? '', '--gcs-bucket'), serviceAccount };
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
