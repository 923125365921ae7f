import { expect, test } from 'vitest';
import { repositoryPath, type CiDocument } from '../../../src/report/ci/document.ts';
import { CI_PREFIXES, formatReport } from '../../../src/report/ci/formats.ts';
import { annotations, jobSummary, stepOutputs } from '../../../src/report/ci/github.ts';
import { codeQuality } from '../../../src/report/ci/gitlab.ts';
import { junitXml } from '../../../src/report/ci/junit.ts';

const document: CiDocument = {
  command: 'import',
  run: '20261126T025200',
  counts: { read: 3, accepted: 1, rejected: 2 },
  inputs: [
    { path: '/repo/data/a,b:c.ndjson', rows: 3 },
    { path: 'good.ndjson', rows: 0 },
  ],
  rejects: {
    path: 'rejects.ndjson',
    rows: 2,
    reasons: [
      {
        reason: 'not-json',
        message: 'bad\n::set-output name=x::y',
        rows: 2,
        places: [
          { path: '/repo/data/a,b:c.ndjson', line: 7, column: 3 },
          { path: '/repo/data/a,b:c.ndjson', line: 9, message: 'no <b> & "c" | `d`' },
        ],
      },
    ],
  },
  errors: [{ kind: 'local', message: 'disk is full', hint: 'make room' }],
  durationMs: 1500,
  exit: 6,
};
const context = { environment: { GITHUB_WORKSPACE: '/repo' }, workingDirectory: '/repo' };

test('failures and rows become annotations that data cannot break out of', () => {
  expect(annotations(document, context).split('\n')).toEqual([
    '::error::disk is full (make room)',
    '::error file=data/a%2Cb%3Ac.ndjson,line=7,col=3::not-json: bad%0A\ufffd::set-output name=x::y',
    '::error file=data/a%2Cb%3Ac.ndjson,line=9::not-json: no <b> & "c" | `d`',
    '',
  ]);
});

test('the summary of a job is a table, and data is no markup in it', () => {
  const text = jobSummary(document);
  expect(text).toContain('| read | accepted | rejected |\n|---:|---:|---:|\n| 3 | 1 | 2 |');
  expect(text).toContain('- **local**: disk is full');
  const hostile = { ...document, errors: [{ kind: 'local', message: '<img src=x>\n# head | `x`' }] };
  expect(jobSummary(hostile)).toContain('\\<img src=x\\> \\# head \\| \\`x\\`');
});

test('outputs bear values of several lines', () => {
  expect(stepOutputs({ ...document, rejects: { path: 'a\nb=c', rows: 1 } }, 'EOF-1')).toBe(
    'counts<<EOF-1\n{"read":3,"accepted":1,"rejected":2}\nEOF-1\nrun<<EOF-1\n20261126T025200\nEOF-1\nrejects<<EOF-1\na\nb=c\nEOF-1\nexit<<EOF-1\n6\nEOF-1\n',
  );
});

test('code quality of GitLab has a finding a row, whose fingerprint stays', () => {
  const findings = JSON.parse(codeQuality(document)) as { fingerprint: string }[];
  expect(findings).toMatchObject([
    { check_name: 'scarf-cli/local', severity: 'blocker', location: { lines: { begin: 1 } } },
    { check_name: 'scarf-cli/not-json', severity: 'major', location: { lines: { begin: 7 } } },
    {
      check_name: 'scarf-cli/not-json',
      description: 'no <b> & "c" | `d`',
      location: { lines: { begin: 9 } },
    },
  ]);
  expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(3);
  expect(JSON.parse(codeQuality(document))).toEqual(findings);
});

test('JUnit has a case an input and one for the run, and data is no markup in it', () => {
  const xml = junitXml(document);
  expect(xml).toContain('tests="3" failures="1" errors="1" time="1.500"');
  expect(xml).toContain(
    '<failure type="not-json" message="line 9: no &#60;b&#62; &#38; &#34;c&#34; | `d`"/>',
  );
  expect(xml.match(/<testcase /g)).toHaveLength(3);
  expect(junitXml({ ...document, command: 'a\u0000\u001b<' })).toContain(
    'name="scarf-cli a\uFFFD\uFFFD&#60;"',
  );
});

test.each(['gitlab', 'junit'] as const)('a report of form %s is known again', (format) => {
  const known = (text: string) => CI_PREFIXES.some((beginning) => beginning.test(text));
  expect(known(formatReport(JSON.stringify(document), format))).toBe(true);
  const empty = { ...document, errors: [], rejects: { rows: 0 } };
  expect(known(formatReport(JSON.stringify(empty), format))).toBe(true);
  expect(known('{"some":"thing"}')).toBe(false);
});

test.each([
  ['/repo/a/b', '/repo', '/elsewhere', 'a/b'],
  ['b', '/repo', '/repo/a', 'a/b'],
  ['/other/b', '/repo', '/repo', '/other/b'],
  ['-', '/repo', '/repo', '-'],
  ['b', undefined, '/repo', 'b'],
])('%s below %s, called in %s, is %s', (path, root, directory, expected) => {
  expect(repositoryPath(path, root, directory)).toBe(expected);
});
