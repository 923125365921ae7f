/** The script of deploy/parallel with GNU parallel itself: on this machine, and over SSH to it; a part is killed. */
import { cp, writeFile } from 'node:fs/promises';
import { resolve, join } from 'node:path';
import { expect, test } from 'vitest';
import { missing, openEnginePlace, succeeded, until } from './place.ts';
import { SSH_PROGRAMS, startSshServer } from './ssh-server.ts';

const parts = 8;
const lacking = await missing('parallel', ...SSH_PROGRAMS);
if (lacking.length > 0) process.stderr.write(`GNU parallel is not tested: no ${lacking.join(', ')} here.\n`);

test.skipIf(lacking.length > 0).for(['here', 'over SSH'])(
  '%s every event arrives once, though a part was killed',
  async (where, { skip }) => {
    const place = await openEnginePlace({ parts, variable: 'PARALLEL_SEQ' });
    const { directory, sandbox, run } = place;
    await cp(resolve('deploy/parallel'), directory, { recursive: true });
    const machine = where === 'here' ? ':' : await startSshServer(place);
    if (machine === undefined) return skip('no SSH server can be reached on loopback here');
    await writeFile(join(directory, 'machines.txt'), `8/${machine}\n`);

    const running = run('sh', 'import.sh', 'machines.txt', place.files);
    // Each has an import that does not end yet.
    await until(() => sandbox.vendors.scarf.imports().length === parts);
    process.kill(await place.processOf('4'), 'SIGKILL');
    place.endImports();
    // It has run the part again by itself.
    succeeded(await running);
    expect(place.whatArrived()).toEqual({ events: place.rows, different: place.rows });

    succeeded(await run('sh', 'import.sh', 'machines.txt', place.files));
    expect(place.whatArrived()).toEqual({ events: place.rows, different: place.rows });
  },
);
