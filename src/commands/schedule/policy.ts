/** `schedule policy`: prints the policy to paste into AWS. */
import { EXIT, Failure } from '../../failure.ts';
import { readBucketPath } from '../../vendors/scarf/schedules/destination.ts';
import { accessPolicy, formatTerraform, trustPolicy } from '../../vendors/scarf/schedules/policy.ts';
import type { ScheduleCall } from './call.ts';
import type { PolicySettings } from './options.ts';

export function runPolicy({ settings, machine }: ScheduleCall<PolicySettings>): number {
  const { externalId, format, role, s3Bucket } = settings;
  const policy = role === 'trust' ? trustPolicy(externalId) : accessPolicy(bucketOf(s3Bucket));
  const text =
    format === 'terraform'
      ? formatTerraform(`scarf_export_${role}`, policy)
      : `${JSON.stringify(policy, undefined, 2)}\n`;
  machine.stdout.write(text);
  return EXIT.ok;
}

function bucketOf(text: string | undefined) {
  if (text === undefined) throw new Failure('usage', '--role access needs --s3-bucket BUCKET/PREFIX');
  return readBucketPath(text, '--s3-bucket');
}
