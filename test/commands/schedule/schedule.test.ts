import { Readable } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startScriptedServer, type Scripted } from '../../http/scripted-server.ts';
import { openSandbox } from '../../sandbox/open.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { runCli } from '../export/run-cli.ts';

const role = 'arn:aws:iam::123456789012:role/scarf';
const toS3 = ['schedule', 'create', '--s3-bucket', 'acme-data/scarf', '--role-arn', role];

/** `create` looks first: that look finds nothing, and is left out of what is told. */
async function schedule(argv: string[], script: Scripted[]) {
  const isCreate = argv[1] === 'create';
  let isLook = isCreate;
  let asked = 0;
  const server = await startScriptedServer(({ method }) => {
    if (isLook && method === 'GET') return { status: 200, body: [] };
    isLook = false;
    return script[Math.min(asked++, script.length - 1)] as Scripted;
  });
  onTestFinished(() => server.close());
  const run = await runCli(argv, { url: server.url, directory: await temporaryDirectory() });
  const questions = server.questions.slice(isCreate && server.questions[0]?.method === 'GET' ? 1 : 0);
  const bodies = questions.map(({ text }) => (text === '' ? undefined : (JSON.parse(text) as unknown)));
  return { ...run, bodies, questions };
}

const made: Scripted = { status: 200, body: { id: 'x', anything: [1] } };

describe('create', () => {
  test('says both selections, and shows the reply as it is', async () => {
    const { exit, bodies, stdout, questions } = await schedule([...toS3, '--company-rollups'], [made]);
    expect(exit).toBe(0);
    expect(questions[0]).toMatchObject({
      method: 'POST',
      url: '/v2/exports/acme/schedule-export',
      headers: { 'content-type': 'application/json' },
    });
    expect(bodies).toEqual([
      {
        cloud_service_spec: {
          cloud_service: 'aws-s3',
          s3_uri_destination: 'acme-data/scarf',
          arn_role: role,
        },
        package_ids: 'all',
        tracking_pixel_ids: 'none',
        include_company_rollups: true,
      },
    ]);
    expect(JSON.parse(stdout.toString())).toEqual({ id: 'x', anything: [1] });
  });

  test('takes lists, a filter and an address that begins with s3://', async () => {
    const id = '970493a1-4ca0-4a4d-a085-fdce578e5a08';
    const argv = ['schedule', 'create', '--s3-bucket', 's3://acme-data/scarf/', '--role-arn', role].concat(
      [
        '--external-id',
        '4711',
        '--packages',
        'none',
        '--pixels',
        id,
        '--companies',
        'a.example',
        'b.example',
      ],
      ['--variables', 'plan', '--filter', 'f1', '--json'],
    );
    const { bodies } = await schedule(argv, [made]);
    expect(bodies).toEqual([
      {
        cloud_service_spec: {
          cloud_service: 'aws-s3',
          s3_uri_destination: 'acme-data/scarf',
          arn_role: role,
          external_id: '4711',
        },
        package_ids: 'none',
        tracking_pixel_ids: [id],
        include_company_rollups: false,
        company_domains: ['a.example', 'b.example'],
        variables: ['plan'],
        filter_id: 'f1',
      },
    ]);
  });

  const refused: [string[], RegExp][] = [
    [['--s3-bucket', 'acme/x.csv', '--role-arn', role], /looks like a file name/],
    [['--s3-bucket', 'acme/x.parquet', '--role-arn', role], /looks like a file name/],
    [['--s3-bucket', 'Not_A_Bucket!', '--role-arn', role], /not a valid bucket name/],
    [['--s3-bucket', 'acme', '--role-arn', 'me'], /not the ARN of a role/],
    [['--s3-bucket', 'acme'], /needs --role-arn/],
    [['--gcs-bucket', 'acme'], /needs --service-account/],
    [[], /one bucket is needed/],
    [['--s3-bucket', 'acme', '--role-arn', role, '--packages', 'none'], /nothing would be exported/],
    [['--s3-bucket', 'acme', '--role-arn', role, '--packages', 'all', 'x'], /cannot be combined/],
  ];
  test.each(refused)('%o is refused before anything is asked', async (argv, message) => {
    const { exit, stderr, questions } = await schedule(['schedule', 'create', ...argv], [made]);
    expect(exit).toBe(2);
    expect(stderr).toMatch(message);
    expect(questions).toEqual([]);
  });

  test('whose reply is lost is looked for in the list, and not made twice', async () => {
    const listed = {
      status: 200,
      body: { exports: [{ id: 'found', spec: { a: 'acme-data/scarf', b: role, cloud_service: 'aws-s3' } }] },
    };
    const { exit, questions, stdout } = await schedule(toS3, [{ status: 502 }, listed]);
    expect(exit).toBe(0);
    expect(methodsOf(questions)).toEqual(['POST', 'GET']);
    expect(JSON.parse(stdout.toString())).toMatchObject({ id: 'found' });
  });

  test('whose reply is lost and that is not in the list is made again', async () => {
    const { exit, questions } = await schedule(toS3, [
      (request) => request.socket.destroy(),
      { status: 200, body: [] },
      made,
    ]);
    expect(exit).toBe(0);
    expect(questions.map(({ method }) => method)).toEqual(['POST', 'GET', 'POST']);
  });

  test('whose reply is lost is not taken for an older one with another selection', async () => {
    const spec = { cloud_service: 'aws-s3', s3_uri_destination: 'acme-data/scarf', arn_role: role };
    const older = { id: 'older', cloud_service_spec: spec, package_ids: 'none', tracking_pixel_ids: 'all' };
    const { exit, questions, stderr } = await schedule(toS3, [
      { status: 502 },
      { status: 200, body: [older] },
    ]);
    expect(exit).toBe(5);
    expect(methodsOf(questions)).toEqual(['POST', 'GET']);
    expect(stderr).toContain('schedule list');
    const ours = { ...older, id: 'ours', package_ids: 'all', tracking_pixel_ids: 'none' };
    const found = await schedule(toS3, [{ status: 502 }, { status: 200, body: [older, ours] }]);
    expect(JSON.parse(found.stdout.toString())).toMatchObject({ id: 'ours' });
  });

  test.each([
    ['an error', { error: 'maintenance' }],
    ['an error of Scarf', { message: 'no such thing', code: 'not-found' }],
    ['words for people', 'You are online.'],
  ])('is not taken for made when a 200 is %s: it is looked for', async (_name, body) => {
    const { exit, questions } = await schedule(toS3, [
      { status: 200, body },
      { status: 200, body: [] },
      made,
    ]);
    expect(exit).toBe(0);
    expect(methodsOf(questions)).toEqual(['POST', 'GET', 'POST']);
    const last = await schedule([...toS3, '--retries', '0'], [{ status: 200, body }]);
    expect(last.exit).toBe(5);
    expect(last.stderr).toContain('schedule list');
  });

  test('whose last reply is lost says that it may exist', async () => {
    const { exit, stderr } = await schedule([...toS3, '--retries', '0'], [{ status: 502 }]);
    expect(exit).toBe(5);
    expect(stderr).toContain('schedule list');
  });

  test('that was not heard (429) is made again without a look', async () => {
    const { questions } = await schedule(toS3, [{ status: 429 }, made]);
    expect(questions.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test.each([
    [401, 4],
    [403, 4],
    [404, 2],
    [422, 2],
  ])('%i ends with exit %i', async (status, code) => {
    expect((await schedule(toS3, [{ status }])).exit).toBe(code);
  });
});

/** Methods, each named once in a row: a list may take several questions. */
function methodsOf(questions: readonly { method: string }[]): string[] {
  return questions.map(({ method }) => method).filter((method, index, all) => method !== all[index - 1]);
}

test('a schedule that there is already is shown, and none is made', async () => {
  const sandbox = await openSandbox();
  const context = { url: sandbox.url, directory: await temporaryDirectory() };
  const environment = { SCARF_API_TOKEN: 'sandbox-token', SCARF_OWNER: 'sandbox' };
  const first = await runCli(toS3, { ...context, environment });
  const second = await runCli(toS3, { ...context, environment });
  expect(second).toMatchObject({ exit: 0, stdout: first.stdout });
  expect(second.stderr).toContain('already');
  const other = await runCli([...toS3, '--pixels', 'all'], { ...context, environment });
  expect(other.stderr).toContain('Created the schedule');
  expect(sandbox.vendors.scarf.schedules()).toHaveLength(2);
});

describe('schedules and their history are read to the end', () => {
  const rows = Array.from({ length: 27 }, (_, index) => ({ id: `s-${index}`, n: index }));
  const spec = { cloud_service: 'aws-s3', s3_uri_destination: 'acme-data/scarf', arn_role: role };
  const ours = { id: 'ours', cloud_service_spec: spec, package_ids: 'all', tracking_pixel_ids: 'none' };

  /** Pages of a size, by the parameters that the server hears. */
  const pager =
    (all: readonly { id: string }[], size: number, hears: readonly string[]) =>
    (url: string): Scripted => {
      const query = new URL(url, 'http://x').searchParams;
      const heard = (name: string) => (hears.includes(name) ? query.get(name) : null);
      const length = Math.min(Number(heard('per_page') ?? size), size);
      const after = all.findIndex(({ id }) => id === heard('after')) + 1;
      const from = after + (Number(heard('page') ?? 1) - 1) * length;
      return { status: 200, body: { exports: all.slice(from, from + length), total: all.length } };
    };

  test.each([
    ['ten, after', 10, ['after']],
    ['ten, page', 10, ['page']],
    ['25, page and per_page', 25, ['page', 'per_page']],
    ['seven, page', 7, ['page']],
    ['100, nothing heard', 100, []],
  ])('%s', async (_name, size, hears) => {
    for (const all of [rows, rows.toReversed()]) {
      const answer = pager(all, size, hears);
      const server = await startScriptedServer(({ url }) => answer(url));
      onTestFinished(() => server.close());
      for (const verb of ['list', 'history']) {
        const argv = ['schedule', verb, '--json'];
        const run = await runCli(argv, { url: server.url, directory: await temporaryDirectory() });
        expect(JSON.parse(run.stdout.toString())).toEqual({ exports: all, total: 27 });
      }
    }
  });

  test.each([[[...rows, ours]], [[ours, ...rows]]])(
    'a creation that was lost is found behind ten others, and not made twice',
    async (all) => {
      const answer = pager(all, 10, ['page']);
      let posts = 0;
      const server = await startScriptedServer(({ method, url }) => {
        if (method === 'GET') return posts === 0 ? { status: 200, body: [] } : answer(url);
        posts++;
        return { status: 502 };
      });
      onTestFinished(() => server.close());
      const run = await runCli(toS3, { url: server.url, directory: await temporaryDirectory() });
      expect(run.exit).toBe(0);
      expect(JSON.parse(run.stdout.toString())).toMatchObject({ id: 'ours' });
      expect(posts).toBe(1);
    },
  );

  test('the sandbox cuts them at ten', async () => {
    const sandbox = await openSandbox();
    const context = { url: sandbox.url, directory: await temporaryDirectory() };
    const environment = { SCARF_API_TOKEN: 'sandbox-token', SCARF_OWNER: 'sandbox' };
    for (let index = 0; index < 12; index++) {
      const bucket = ['--s3-bucket', `acme-data/${index}`, '--role-arn', role];
      await runCli(['schedule', 'create', ...bucket], { ...context, environment });
    }
    const headers = { authorization: 'Bearer sandbox-token' };
    for (const verb of ['list', 'history']) {
      const route = verb === 'list' ? 'schedule-export' : 'schedule-export-history';
      const cut = await fetch(`${sandbox.url}/v2/exports/sandbox/${route}`, { headers });
      expect(await cut.json()).toHaveLength(10);
      const whole = await runCli(['schedule', verb, '--json'], { ...context, environment });
      expect(JSON.parse(whole.stdout.toString())).toHaveLength(12);
    }
  });
});

describe('delete', () => {
  const id = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

  test('needs --yes', async () => {
    const { exit, questions } = await schedule(['schedule', 'delete', id], [{ status: 204 }]);
    expect(exit).toBe(2);
    expect(questions).toEqual([]);
  });

  test('sends its body, again after trouble; what is gone then is deleted', async () => {
    const argv = ['schedule', 'delete', id, '--yes'];
    const { exit, bodies } = await schedule(argv, [{ status: 500 }, { status: 404 }]);
    expect(exit).toBe(0);
    expect(bodies).toEqual([{ id }, { id }]);
  });

  test('of a schedule that never was is a usage error', async () => {
    const { exit, stderr } = await schedule(['schedule', 'delete', id, '--yes'], [{ status: 404 }]);
    expect(exit).toBe(2);
    expect(stderr).toContain('has no schedule');
  });
});

test('against the sandbox: made, listed, in the history, deleted', async () => {
  const sandbox = await openSandbox();
  const directory = await temporaryDirectory();
  const run = (...argv: string[]) =>
    runCli(['schedule', ...argv, '--json'], {
      url: sandbox.url,
      directory,
      environment: { SCARF_API_TOKEN: 'sandbox-token', SCARF_OWNER: 'sandbox' },
    });
  const created = await run(...toS3.slice(1));
  expect(created.stderr).toContain('Created the schedule');
  const { id } = JSON.parse(created.stdout.toString()) as { id: string };
  expect(JSON.parse((await run('list', '--json')).stdout.toString())).toMatchObject([
    { id, package_ids: 'all' },
  ]);
  expect(JSON.parse((await run('history', '--json')).stdout.toString())).toMatchObject([{ export_id: id }]);
  expect((await run('delete', id, '--yes')).exit).toBe(0);
  expect(JSON.parse((await run('list', '--json')).stdout.toString())).toEqual([]);
});

describe('policy', () => {
  const policy = async (...argv: string[]) =>
    (await runCli(['schedule', 'policy', ...argv], { url: '', directory: '/' })).stdout.toString();

  test('access: objects below the prefix, and no more', async () => {
    expect(JSON.parse(await policy('--s3-bucket', 's3://acme-data/scarf'))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
          Resource: 'arn:aws:s3:::acme-data/scarf/*',
        },
      ],
    });
  });

  test('trust: the user of Scarf, with the external id', async () => {
    expect(JSON.parse(await policy('--role', 'trust', '--external-id', '4711'))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::032190491485:user/production-v2-scarf-server' },
          Action: 'sts:AssumeRole',
          Condition: { StringEquals: { 'sts:ExternalId': '4711' } },
        },
      ],
    });
  });

  test('as Terraform', async () => {
    expect(await policy('--role', 'trust', '--external-id', 'a"${b}', '--format', 'terraform')).toBe(
      `data "aws_iam_policy_document" "scarf_export_trust" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::032190491485:user/production-v2-scarf-server"]
    }
    condition {
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = ["a\\"$\${b}"]
    }
  }
}
`,
    );
  });
});

describe('verify', () => {
  const verify = async (listing: string, ...argv: string[]) => {
    const machine = { stdin: Readable.from([listing]) };
    return runCli(['schedule', 'verify', ...argv], { url: '', directory: '/', machine });
  };

  test('tells the days that are missing, from a listing as aws s3 ls prints it', async () => {
    const { exit, stdout, stderr } = await verify(
      [
        '2026-11-02 19:00:01       1234 scarf/events-scarf-export-2026-11-01-2026-11-01.csv',
        '2026-11-05 19:00:01          0 scarf/events-scarf-export-2026-11-04-2026-11-04-part-000001.csv',
        '2026-11-02 19:00:01         12 scarf/scarf-test.csv',
        '2026-11-02 19:00:01         99 scarf/company-rollups-scarf-export-2026-11-01-2026-11-02.csv',
      ].join('\n'),
    );
    expect(exit).toBe(3);
    expect(stdout.toString().split('\n')).toEqual([
      'events 2026-11-02 missing',
      'events 2026-11-03 missing',
      'events-scarf-export-2026-11-04-2026-11-04-part-000001.csv empty',
      '',
    ]);
    expect(stderr).toContain('company-rollups: 1 files, 2026-11-01 to 2026-11-02, 0 days missing');
  });

  test('sees by the names whether their last date is included', async () => {
    const name = (from: number, to: number) => `events-scarf-export-2026-11-0${from}-2026-11-0${to}.csv\r\n`;
    expect((await verify(name(1, 2) + name(2, 3) + name(3, 4))).exit).toBe(0);
    const gap = await verify(name(1, 2) + name(2, 3) + name(4, 5), '--json');
    expect(JSON.parse(gap.stdout.toString())).toMatchObject({
      coverage: [{ kind: 'events', missing: ['2026-11-03'] }],
      exit: 3,
    });
    expect((await verify(name(1, 2) + name(3, 4))).exit).toBe(0);
  });

  test('holds the listing against the days asked for', async () => {
    const listing = 'events-scarf-export-2026-11-02-2026-11-02.csv\n';
    const { stdout } = await verify(listing, '--from', '2026-11-01', '--to', '2026-11-03');
    expect(stdout.toString()).toBe('events 2026-11-01 missing\nevents 2026-11-03 missing\n');
  });

  test('of a listing without such files is a usage error', async () => {
    expect((await verify('notes.txt\n')).exit).toBe(2);
  });
});
