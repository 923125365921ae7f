/**
 * A run as a JUnit test suite, which most CI systems show: a test case per input, a failure per reason
 * ("Jenkins, JUnit XML format").
 */
import { findingsOf, type CiDocument, type Finding } from './document.ts';

/** How every such report begins, in all versions. */
export const JUNIT_PREFIX = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*<testsuites name="scarf-cli /;

/** The document as XML 1.0. */
export function junitXml(document: CiDocument): string {
  const { command, errors, durationMs } = document;
  const seconds = (durationMs / 1000).toFixed(3);
  const findings = groupByPath(findingsOf(document));
  const paths = [...new Set([...(document.inputs ?? []).map(({ path }) => path), ...findings.keys()])];
  const cases = paths.map((path) => inputCase(path, findings.get(path) ?? [], command));
  const run = [
    `    <testcase classname="scarf-cli" name="${escape(command)}" time="${seconds}">`,
    ...errors.map(
      ({ kind, message }) => `      <error type="${escape(kind)}" message="${escape(message)}"/>`,
    ),
    '    </testcase>',
  ].join('\n');
  const failing = paths.filter((path) => (findings.get(path) ?? []).length > 0).length;
  const totals = `tests="${paths.length + 1}" failures="${failing}" errors="${errors.length}" time="${seconds}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="scarf-cli ${escape(command)}" ${totals}>
  <testsuite name="${escape(command)}" ${totals}>
${[run, ...cases].join('\n')}
  </testsuite>
</testsuites>
`;
}

function inputCase(path: string, findings: readonly Finding[], command: string): string {
  const failures = findings.map(
    ({ line, reason, message }) =>
      `      <failure type="${escape(reason)}" message="${escape(`line ${line}: ${message}`)}"/>`,
  );
  return [
    `    <testcase classname="${escape(command)}" name="${escape(path)}" file="${escape(path)}">`,
    ...failures,
    '    </testcase>',
  ].join('\n');
}

function groupByPath(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) groups.set(finding.path, [...(groups.get(finding.path) ?? []), finding]);
  return groups;
}

/** Escapes text for XML 1.0; characters that XML 1.0 cannot represent are replaced. */
function escape(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"'\n\r\t]/g, (character) => `&#${character.codePointAt(0)};`);
}
