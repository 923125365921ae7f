/** Imports while they are watched, without a terminal; on one: test/report/terminal/watch.test.ts. */
import { Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Machine } from '../../src/machine.ts';
import { eventRows, lines, openPlace, type Place } from '../machine.ts';

/** What a command has said so far, and whoever waits for more of it. */
class Output extends Writable {
  text = '';
  /** Resolves when the command has ended. */
  ended: Promise<unknown> = new Promise(() => undefined);
  readonly #waiting: { text: RegExp; resolve: () => void }[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    for (const { text, resolve } of this.#waiting) if (text.test(this.text)) resolve();
    done();
  }

  /** Rejects when the command ends without it. */
  has(text: RegExp): Promise<void> {
    if (text.test(this.text)) return Promise.resolve();
    const comes = new Promise<void>((resolve) => this.#waiting.push({ text, resolve }));
    const comesNoMore = this.ended.then(() => expect(this.text).toMatch(text));
    return Promise.race([comes, comesNoMore]);
  }
}

interface Moment {
  unreachableSince: string | null;
}

function watchIn(
  place: Place,
  { flags = [], stderr = new Output() }: { flags?: readonly string[]; stderr?: Output } = {},
) {
  const stdout = new Output();
  let signal: (name: 'SIGINT') => void = () => undefined;
  const onSignal: Machine['onSignal'] = (listener) => {
    signal = listener;
    return () => undefined;
  };
  const ended = place.runCli(['imports', 'watch', ...flags], { machine: { stdout, stderr, onSignal } });
  for (const output of [stdout, stderr]) output.ended = ended;
  return { stdout, ended, interrupt: () => signal('SIGINT') };
}

const neverEnding = { scarf: { outcomes: [{ kind: 'never-ends' as const }] } };

async function started(place: Place, name = 'a.ndjson'): Promise<string> {
  await place.write(name, lines(eventRows(3, { first: name.length })));
  const { report } = await place.importFiles([name, '--no-wait']);
  return report.jobs[0]?.id ?? '';
}

describe('a watch without a terminal', () => {
  test('has a line for what changes, and ends when nothing is active', async () => {
    const place = await openPlace(neverEnding);
    const id = await started(place);
    const { stdout, ended } = watchIn(place);
    await stdout.has(/ importing /);
    expect((await place.runCli(['imports', 'abort', id])).exit).toBe(0);
    expect((await ended).exit).toBe(0);
    const [first, second, third, fourth, ...more] = stdout.text.split('\n');
    expect(first).toMatch(/^sandbox: 1 of 15 slots taken/);
    expect(second).toMatch(new RegExp(`^${id}  importing  \\d+ of 3 imported, 0 failed`));
    expect(third).toMatch(/^sandbox: 0 of 15 slots taken/);
    expect(fourth).toMatch(new RegExp(`^${id}  aborted `));
    expect(more).toEqual(['']);
  });

  test('is documents with --json, one for each moment that differs', async () => {
    const place = await openPlace(neverEnding);
    const id = await started(place);
    const { stdout, ended } = watchIn(place, { flags: ['--json'] });
    await stdout.has(/"importing"/);
    await place.runCli(['imports', 'abort', id]);
    expect((await ended).exit).toBe(0);
    const documents = stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(documents).toMatchObject([
      { slots: { active: 1, limit: 15 }, watched: [{ id, status: 'importing', active: true, total: 3 }] },
      { slots: { active: 0, limit: 15 }, watched: [{ id, status: 'aborted', active: false }] },
    ]);
  });

  test('says that nothing is active', async () => {
    const place = await openPlace();
    const { exit, stdout } = await place.runCli(['imports', 'watch']);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: 'No import of sandbox is active.\n' });
  });

  test('sees imports of others, too, until the vendor refuses', async () => {
    const place = await openPlace({ scarf: { foreignActive: 2 } });
    const { stdout, ended } = watchIn(place);
    await stdout.has(/2 of 15 slots/);
    place.sandbox.faults.append([{ kind: 'status', status: 401, route: 'list' }]);
    expect((await ended).exit).toBe(4);
  });

  test.each([
    ['lines', []],
    ['documents', ['--json']],
  ])('says that Scarf does not answer, goes on, and says when it does again, in %s', async (_what, flags) => {
    const place = await openPlace({ scarf: { foreignActive: 2 } });
    const stderr = new Output();
    const { stdout, ended, interrupt } = watchIn(place, { flags: [...flags, '--retries', '1'], stderr });
    await stdout.has(/slots/);
    // More than one look asks for at most.
    place.sandbox.faults.append([{ kind: 'status', status: 503, route: 'list', times: 4 }]);
    await stderr.has(/warning: Scarf cannot be reached since [\d:]{8} UTC: .*503.*\nScarf answers again\n/);
    interrupt();
    expect((await ended).exit).toBe(130);
    expect(stderr.text.match(/cannot be reached/g)).toHaveLength(1);
    if (flags.length === 0) return;
    const since = stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Moment).unreachableSince);
    // The last document says why it ended.
    expect(since.slice(0, -1)).toEqual([null, expect.stringMatching(/Z$/), null]);
  });

  test('that nobody ever answers ends with 5', async () => {
    const place = await openPlace({ scarf: { foreignActive: 2 } });
    place.sandbox.faults.append([{ kind: 'status', status: 503, route: 'list' }]);
    const { exit, stdout } = await place.runCli(['imports', 'watch', '--json', '--retries', '1']);
    expect(exit).toBe(5);
    expect(stdout).not.toContain('slots');
  });

  test('ends with 130 on a signal', async () => {
    const place = await openPlace({ scarf: { foreignActive: 2 } });
    const { stdout, ended, interrupt } = watchIn(place);
    await stdout.has(/2 of 15 slots/);
    interrupt();
    expect((await ended).exit).toBe(130);
  });

  test('ends at its deadline with 5, and says so', async () => {
    const place = await openPlace({ scarf: { foreignActive: 1 } });
    const { exit, stderr } = await place.runCli(['imports', 'watch', '--deadline', '20s']);
    expect(exit).toBe(5);
    expect(stderr).toContain('stopped at the deadline');
  });

  test('asks once a look, however many there are', async () => {
    let asked = 0;
    const place = await openPlace({ scarf: { foreignActive: 3 }, onRequest: () => void asked++ });
    const { stdout, ended, interrupt } = watchIn(place, { flags: ['--interval', '100h'] });
    await stdout.has(/3 of 15 slots/);
    // The record of a request comes when the server is done with it.
    await expect.poll(() => asked).toBe(1);
    interrupt();
    await ended;
    expect(asked).toBe(1);
  });
});

describe('an import that nobody waits for', () => {
  const neverEnds = async (argv: readonly string[], environment: Record<string, string> = {}) => {
    const place = await openPlace(neverEnding);
    await place.write('a.ndjson', lines(eventRows(3)));
    await place.write('tok', 'sandbox-token');
    await place.runCli(['config', 'set', 'scarf', 'owner', 'sandbox', '--profile', 'second']);
    const all = ['import', 'a.ndjson', '--progress', 'none', ...argv];
    return place.runCli(all, { environment });
  };

  test.each([
    ['as it is', ['--no-wait'], 'scarf-cli imports watch\n'],
    ['with its owner', ['--no-wait', '--owner', 'sandbox'], 'scarf-cli imports watch --owner sandbox\n'],
    ['with its profile', ['--no-wait', '--profile', 'second'], 'scarf-cli imports watch --profile second\n'],
    ['with its secret', ['--no-wait', '--token-file', 'tok'], 'scarf-cli imports watch --token-file tok\n'],
  ])('names the command that watches it, %s', async (_name, argv, hint) => {
    const { exit, stderr } = await neverEnds(argv);
    expect(exit).toBe(0);
    expect(stderr).toContain(`next: watch the imports: ${hint}`);
  });
});
