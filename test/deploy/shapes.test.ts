/** Files of `deploy/` for engines that do not run here: their shape, as the engines' documents have it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const folder = join(import.meta.dirname, '../../deploy');

const text = { type: 'string' };
const flag = { type: 'boolean' };
const oneOf = (...words: string[]) => ({ enum: words });
const list = (items: object) => ({ type: 'array', items });
/** An object with these keys and no others. */
const shape = (properties: Record<string, object>, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

/**
 * What RegisterJobDefinition takes of a job in a container, without what only EC2 and EKS know
 * (https://docs.aws.amazon.com/batch/latest/APIReference/API_RegisterJobDefinition.html and the types behind it, 2026-11). On
 * Fargate one processor goes with 2 to 8 GiB, in whole GiB (API_ResourceRequirement).
 */
const efs = shape(
  {
    fileSystemId: text,
    rootDirectory: text,
    transitEncryption: oneOf('ENABLED', 'DISABLED'),
    transitEncryptionPort: { type: 'integer' },
    authorizationConfig: shape({ accessPointId: text, iam: oneOf('ENABLED', 'DISABLED') }),
  },
  ['fileSystemId'],
);
const container = shape(
  {
    image: text,
    command: list(text),
    user: text,
    readonlyRootFilesystem: flag,
    executionRoleArn: text,
    jobRoleArn: text,
    resourceRequirements: {
      type: 'array',
      items: {
        anyOf: [
          shape({ type: { const: 'VCPU' }, value: { const: '1' } }, ['type', 'value']),
          shape(
            {
              type: { const: 'MEMORY' },
              value: { enum: [2, 3, 4, 5, 6, 7, 8].map((gibibytes) => `${gibibytes * 1024}`) },
            },
            ['type', 'value'],
          ),
        ],
      },
      minItems: 2,
    },
    environment: list(shape({ name: text, value: text }, ['name', 'value'])),
    secrets: list(shape({ name: text, valueFrom: text }, ['name', 'valueFrom'])),
    volumes: list(shape({ name: text, host: shape({}), efsVolumeConfiguration: efs }, ['name'])),
    mountPoints: list(
      shape({ sourceVolume: text, containerPath: text, readOnly: flag }, ['sourceVolume', 'containerPath']),
    ),
    logConfiguration: shape({
      logDriver: oneOf('awslogs', 'splunk'),
      options: { type: 'object' },
      secretOptions: list(text),
    }),
    networkConfiguration: shape({ assignPublicIp: oneOf('ENABLED', 'DISABLED') }),
    fargatePlatformConfiguration: shape({ platformVersion: text }),
    ephemeralStorage: shape({ sizeInGiB: { type: 'integer', minimum: 21, maximum: 200 } }),
  },
  ['image', 'resourceRequirements', 'executionRoleArn'],
);
const onExit = shape(
  {
    onExitCode: { type: 'string', pattern: '^\\d+\\*?$|^\\*$' },
    onReason: text,
    onStatusReason: text,
    action: oneOf('RETRY', 'EXIT'),
  },
  ['action'],
);
const jobDefinition = shape(
  {
    jobDefinitionName: { type: 'string', pattern: '^[A-Za-z0-9][\\w-]{0,127}$' },
    type: { const: 'container' },
    platformCapabilities: { const: ['FARGATE'] },
    parameters: { type: 'object', additionalProperties: text },
    containerProperties: container,
    retryStrategy: shape({
      attempts: { type: 'integer', minimum: 1, maximum: 10 },
      evaluateOnExit: { ...list(onExit), maxItems: 5 },
    }),
    timeout: shape({ attemptDurationSeconds: { type: 'integer', minimum: 60 } }),
    schedulingPriority: { type: 'integer' },
    propagateTags: flag,
    tags: { type: 'object', additionalProperties: text },
  },
  ['jobDefinitionName', 'type', 'containerProperties'],
);

interface JobDefinition {
  parameters: Record<string, string>;
  containerProperties: {
    command: string[];
    volumes: { name: string }[];
    mountPoints: { sourceVolume: string }[];
    environment: { name: string }[];
  };
}

test('the job definition of AWS Batch is as its documents say, and names what it has', () => {
  const file = readFileSync(join(folder, 'aws-batch/import-job-definition.json'), 'utf8');
  const definition = JSON.parse(file) as JobDefinition;
  const validate = new Ajv({ strict: true, allErrors: true }).compile(jobDefinition);
  validate(definition);
  expect(validate.errors ?? []).toEqual([]);
  const { command, volumes, mountPoints, environment } = definition.containerProperties;
  const named = command.flatMap((word) => /^Ref::(.*)$/.exec(word)?.[1] ?? []);
  expect(named.sort()).toEqual(Object.keys(definition.parameters).sort());
  expect(mountPoints.map(({ sourceVolume }) => sourceVolume).sort()).toEqual(
    volumes.map(({ name }) => name).sort(),
  );
  expect(environment.filter(({ name }) => /TOKEN|SECRET|PASSWORD/.test(name))).toEqual([]);
});

/** What of a workflow the example uses (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax, 2026-11). */
const scalar = { type: ['string', 'number', 'boolean'] };
const scalars = { type: 'object', additionalProperties: scalar };
const step = {
  oneOf: [
    shape({ uses: { type: 'string', pattern: '^[\\w-]+(/[\\w-]+)+@v\\d+$' }, with: scalars, if: text }, [
      'uses',
    ]),
    shape({ run: text, env: scalars, if: text }, ['run']),
  ],
};
const matrix = { type: 'object', additionalProperties: { type: 'array', items: scalar, minItems: 1 } };
const githubJob = shape(
  {
    'runs-on': text,
    'timeout-minutes': { type: 'integer' },
    needs: text,
    if: text,
    strategy: shape({ 'fail-fast': flag, matrix }, ['matrix']),
    steps: list(step),
  },
  ['runs-on', 'steps'],
);
const workflow = shape(
  {
    name: text,
    on: shape({ workflow_dispatch: { type: 'null' } }),
    permissions: scalars,
    concurrency: text,
    jobs: { type: 'object', additionalProperties: githubJob },
  },
  ['on', 'jobs'],
);

interface Workflow {
  jobs: Record<
    'import' | 'report',
    { needs?: string; strategy?: { matrix: { part: number[] } }; steps: Step[] }
  >;
}
interface Step {
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, unknown>;
}

test('the workflow of GitHub is as its documents say, and keeps state and rejects of a part that failed', () => {
  const file = parse(readFileSync(join(folder, 'github/import.yml'), 'utf8')) as Workflow;
  const validate = new Ajv({ strict: true, strictTypes: false, allErrors: true }).compile(workflow);
  validate(file);
  expect(validate.errors ?? []).toEqual([]);
  const { import: parts, report } = file.jobs;
  const numbers = parts.strategy?.matrix.part ?? [];
  expect(numbers).toEqual(numbers.map((_, index) => index));
  const at = parts.steps.findIndex(({ run }) =>
    run?.includes(`--shard \${{ matrix.part }}/${numbers.length} `),
  );
  expect(at).toBeGreaterThan(0);
  const uses = (steps: readonly Step[], action: string) =>
    steps.find((one) => one.uses?.startsWith(`${action}@`));
  const restored = uses(parts.steps.slice(0, at), 'actions/cache/restore');
  const saved = uses(parts.steps.slice(at), 'actions/cache/save');
  expect(saved).toMatchObject({ if: 'always()', with: { key: restored?.with?.['key'], path: 'state' } });
  const uploaded = uses(parts.steps.slice(at), 'actions/upload-artifact');
  expect(uploaded).toMatchObject({ if: 'always()' });
  expect(String(uploaded?.with?.['path']).trim().split('\n')).toEqual([
    'report-${{ matrix.part }}.json',
    'state/runs/*/rejects*',
  ]);
  expect(report).toMatchObject({ needs: 'import', if: 'always()' });
});

/** Reads Python and runs nothing of it: Airflow and Prefect are not installed. */
test.runIf(hasPython())('Python takes the examples for Airflow and Prefect', () => {
  const read = 'import ast, sys; [ast.parse(open(path).read(), path) for path in sys.argv[1:]]';
  const files = ['airflow/import_dag.py', 'prefect/import_flow.py'].map((name) => join(folder, name));
  expect(() => execFileSync('python3', ['-c', read, ...files], { stdio: 'pipe' })).not.toThrow();
});

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
