/** `schedule policy`: what to paste into AWS. */
import { EXIT, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { readBucketPath } from '../../vendors/scarf/schedules/destination.ts';
import { accessPolicy, formatTerraform, trustPolicy } from '../../vendors/scarf/schedules/policy.ts';
import { textOf, type SettingValues } from '../../vendors/values.ts';

export function runPolicy(values: SettingValues, machine: Pick<Machine, 'stdout'>): number {
  const role = textOf(values, 'role') ?? 'access';
  const policy = role === 'trust' ? trustPolicy(textOf(values, 'externalId')) : accessPolicy(placeOf(values));
  const text =
    textOf(values, 'format') === 'terraform'
      ? formatTerraform(`scarf_export_${role}`, policy)
      : `${JSON.stringify(policy, undefined, 2)}\n`;
  machine.stdout.write(text);
  return EXIT.ok;
}

function placeOf(values: SettingValues) {
  const text = textOf(values, 's3Bucket');
  if (text === undefined) throw new Failure('usage', '--role access needs --s3-bucket BUCKET/PREFIX');
  return readBucketPath(text, '--s3-bucket');
}
