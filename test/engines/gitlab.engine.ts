/** The pipeline of deploy/gitlab with gitlab-ci-local, which runs it on this machine; a part is killed. */
import { chmod, cp, mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { missing, openEnginePlace, succeeded, until } from './place.ts';

const parts = 4;
/** Later ones need a newer Node.js (seen with 4.75.1, 2026-11). */
const runner = 'gitlab-ci-local@4.61.0';
const lacking = await missing('git', 'rsync', 'npx');

test.skipIf(lacking.length > 0)(
  'every event arrives once, though a job was killed and the pipeline run again',
  async ({ skip }) => {
    const place = await openEnginePlace({ parts, variable: 'CI_NODE_INDEX' });
    const { directory, sandbox, run } = place;
    const project = join(directory, 'project');
    await mkdir(join(project, 'events'), { recursive: true });
    for (const file of [0, 1, 2])
      await rename(join(directory, `rows-${file}.ndjson`), join(project, 'events', `${file}.ndjson`));
    await cp(resolve('deploy/gitlab/import.gitlab-ci.yml'), join(project, '.gitlab-ci.yml'));
    const inProject = (script: string) => run('bash', '-euc', `cd '${project}'; ${script}`);
    succeeded(
      await inProject(
        'git init -q; git add .; git -c user.name=a -c user.email=a@example.com commit -qm a; git remote add origin git@example.com:a/b.git',
      ),
    );
    if ((await inProject(`npx --yes ${runner} --version`)).code !== 0) skip(`${runner} cannot be had here`);
    // The command is here already.
    await writeFile(join(directory, 'bin', 'npm'), '#!/bin/sh\n');
    await chmod(join(directory, 'bin', 'npm'), 0o755);
    const variables = ['SCARF_API_URL', 'SCARF_API_TOKEN', 'SCARF_OWNER', 'SCARF_STATE_DIR'].map(
      (name) => `--variable '${name}=${place.environment[name]}'`,
    );
    const pipeline = () =>
      inProject(`npx --yes ${runner} --force-shell-executor --shell-isolation ${variables.join(' ')}`);

    const first = pipeline();
    // Each has an import that does not end yet.
    await until(() => sandbox.vendors.scarf.imports().length === parts);
    process.kill(await place.processOf('2'), 'SIGKILL');
    place.endImports();
    expect((await first).code).not.toBe(0);
    succeeded(await pipeline());
    expect(place.whatArrived()).toEqual({ events: place.rows, different: place.rows });
  },
);
