import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CronJob } from 'kubernetes-models/batch/v1/CronJob';
import { Job, type IJob } from 'kubernetes-models/batch/v1/Job';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { temporaryDirectory } from '../vendors/temporary.ts';

const folder = join(import.meta.dirname, '../../deploy/kubernetes');
const manifests = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}));

type Manifest = Record<string, unknown> & { kind: string };

/**
 * What the schemas of Kubernetes have against a manifest. They pass over keys that they do not know: a key that
 * nobody looks at while it is validated is one of those.
 */
function problemsOf(manifest: Manifest): string[] {
  const unread = new Set<string>();
  const { prototype } = manifest.kind === 'Job' ? Job : CronJob;
  try {
    // On the manifest itself: a model would be made of a copy, for which every key is read.
    prototype.validate.call(watch(manifest, '', unread) as Job & CronJob);
  } catch (error) {
    return [String(error)];
  }
  return [...unread].map((path) => `${path}: no such key`);
}

/** The same value; the keys of its objects are in `unread` until somebody reads them. */
function watch(value: unknown, path: string, unread: Set<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isList = Array.isArray(value);
  const pathOf = (key: string) => (path === '' ? key : `${path}.${key}`);
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (!isList) unread.add(pathOf(key));
      return [key, watch(item, pathOf(key), unread)];
    }),
  );
  return new Proxy(isList ? Object.values(copy) : copy, {
    get: (target, key, receiver) => {
      if (typeof key === 'string') unread.delete(pathOf(key));
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}

/** The pods of a manifest, of whatever kind. */
function podOf(manifest: Manifest) {
  const { spec } = manifest as unknown as { spec: { jobTemplate?: IJob } & NonNullable<IJob['spec']> };
  const pod = (spec.jobTemplate?.spec ?? spec).template.spec;
  if (pod === undefined) throw new Error('no pod');
  return pod;
}

describe.each(manifests)('$name', ({ text }) => {
  const manifest = parse(text) as Manifest;

  test('is as the schemas of Kubernetes say, without keys that they do not know', () => {
    expect(problemsOf(manifest)).toEqual([]);
  });

  test('runs without root, on a file system that cannot be written, with bounds', () => {
    const pod = podOf(manifest);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(pod.automountServiceAccountToken).toBe(false);
    for (const container of pod.containers) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources).toMatchObject({
        requests: { cpu: expect.any(String) as string, memory: expect.any(String) as string },
        limits: { memory: expect.any(String) as string },
      });
      const mounts = container.volumeMounts?.map(({ name }) => name) ?? [];
      expect(pod.volumes?.map(({ name }) => name).sort()).toEqual(mounts.sort());
    }
  });

  test('has its secrets from Kubernetes', () => {
    expect(text).toMatch(/secretName: scarf|secretKeyRef/);
    for (const { value } of podOf(manifest).containers[0]?.env?.filter(({ name }) => /TOKEN/.test(name)) ??
      [])
      expect(value).toBeUndefined();
  });
});

/** Answers at once: the job has the condition `$ENDED` and no other. */
const KUBECTL = `#!/bin/sh
case "$*" in
  *"conditions[0].type"* | *"condition=$ENDED "*) exit 0 ;;
esac
exit 1
`;

test.each([
  ['complete', 0],
  ['failed', 1],
])(
  'the lines that wait for a job that is %s end with %i, and not only after hours',
  async (ended, code) => {
    const directory = await temporaryDirectory();
    writeFileSync(join(directory, 'kubectl'), KUBECTL, { mode: 0o755 });
    const job = readFileSync(join(folder, 'import-job.yaml'), 'utf8');
    const lines = [...job.matchAll(/^# {3}(kubectl wait .*)$/gm)].map(([, line = '']) => line);
    expect(lines.filter((line) => line.includes('=condition=') && !line.includes(' --timeout=1m '))).toEqual(
      [],
    );
    const { status } = spawnSync('sh', ['-c', lines.join('\n')], {
      env: { PATH: `${directory}:${process.env['PATH']}`, ENDED: ended },
      stdio: 'ignore',
    });
    expect(status).toBe(code);
  },
  60_000,
);

describe('a manifest', () => {
  const good = parse(manifests.find(({ name }) => name === 'import-job.yaml')?.text ?? '') as Manifest;

  test.each<[string, (job: NonNullable<IJob['spec']>) => void, string]>([
    ['a wrong type', (spec) => (spec.completions = 'eight' as never), 'completions'],
    ['a wrong word', (spec) => (spec.completionMode = 'Counted' as never), 'completionMode'],
    ['a missing key', (spec) => delete (spec as { template?: unknown }).template, 'template'],
    ['an unknown key', (spec) => Object.assign(spec, { paralellism: 8 }), 'spec.paralellism: no such key'],
    [
      'an unknown key deep inside',
      (spec) => Object.assign(spec.template.spec?.containers[0] ?? {}, { arguments: [] }),
      'spec.template.spec.containers.0.arguments: no such key',
    ],
  ])('with %s is noticed', (_name, spoil, problem) => {
    const spoilt = structuredClone(good);
    spoil(spoilt['spec'] as NonNullable<IJob['spec']>);
    expect(problemsOf(spoilt).join()).toContain(problem);
  });
});
