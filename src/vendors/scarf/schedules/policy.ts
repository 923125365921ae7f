/** The minimal AWS policies for Scarf, as JSON or Terraform. */
import type { BucketPath } from './destination.ts';

/** The AWS user of Scarf that writes the files ("Scarf docs, Daily scheduled exports", 2026-06). */
const scarfPrincipal = 'arn:aws:iam::032190491485:user/production-v2-scarf-server';

interface Statement {
  Effect: 'Allow';
  Principal?: { AWS: string };
  Action: string | string[];
  Resource?: string;
  Condition?: { StringEquals: Record<string, string> };
}

export interface Policy {
  Version: '2012-10-17';
  Statement: Statement[];
}

/** Access of the role: write objects below the prefix, including multipart uploads. */
export function accessPolicy({ bucket, prefix }: BucketPath): Policy {
  const below = prefix === '' ? '*' : `${prefix}/*`;
  return policyOf({
    Effect: 'Allow',
    Action: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
    Resource: `arn:aws:s3:::${bucket}/${below}`,
  });
}

/** Who may assume the role: the user of Scarf, with the external id if there is one. */
export function trustPolicy(externalId: string | undefined): Policy {
  return policyOf({
    Effect: 'Allow',
    Principal: { AWS: scarfPrincipal },
    Action: 'sts:AssumeRole',
    ...(externalId === undefined ? {} : { Condition: { StringEquals: { 'sts:ExternalId': externalId } } }),
  });
}

/** The policy as a Terraform data source. */
export function formatTerraform(name: string, policy: Policy): string {
  const blocks = policy.Statement.map((statement) => statementBlock(statement));
  return `data "aws_iam_policy_document" ${quote(name)} {\n${blocks.join('\n')}\n}\n`;
}

function policyOf(statement: Statement): Policy {
  return { Version: '2012-10-17', Statement: [statement] };
}

function statementBlock(statement: Statement): string {
  const { Action, Condition, Effect, Principal, Resource } = statement;
  const lines = [
    `effect  = ${quote(Effect)}`,
    `actions = ${list(typeof Action === 'string' ? [Action] : Action)}`,
  ];
  if (Resource !== undefined) lines.push(`resources = ${list([Resource])}`);
  if (Principal !== undefined) {
    lines.push('principals {', '  type        = "AWS"', `  identifiers = ${list([Principal.AWS])}`, '}');
  }
  for (const [variable, value] of Object.entries(Condition?.StringEquals ?? {})) {
    lines.push(
      'condition {',
      '  test     = "StringEquals"',
      `  variable = ${quote(variable)}`,
      `  values   = ${list([value])}`,
      '}',
    );
  }
  return ['  statement {', ...lines.map((line) => `    ${line}`), '  }'].join('\n');
}

function list(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`;
}

/** Quotes an HCL string: JSON, with `${` and `%{` escaped. */
function quote(text: string): string {
  return JSON.stringify(text).replace(/([$%])\{/g, '$1$1{');
}
