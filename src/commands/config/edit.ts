/** `config edit`: opens a copy of the saved settings in an editor and saves it if it is valid. */
import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { ensureDirectory } from '../../disk/directory.ts';
import { withFailureContext } from '../../disk/errno.ts';
import { Failure, type FailureKind } from '../../failure.ts';
import { SIGNAL_EXITS } from '../../interruption.ts';
import type { Context } from '../../application/context.ts';
import type { Machine, SignalName } from '../../machine.ts';
import { printable } from '../../report/terminal/printable.ts';
import { profileStore } from '../../settings/profiles/store.ts';
import { checkDocument } from './check-document.ts';

type Editing = Pick<Context, 'machine' | 'interruption'>;

/**
 * Opens the editor and saves the result. Throws a Failure `usage` without an editor or a terminal, and for
 * invalid settings; `locked` when another process changed the settings meanwhile. Nothing is saved then.
 */
export async function editSettings({ machine, interruption }: Editing): Promise<void> {
  const editor = editorOf(machine);
  const store = profileStore(machine);
  const before = await store.readText();
  const shown = before ?? '{}\n';
  const after = await editCopy(store.path, { editor, text: shown }, { machine, interruption });
  if (after === shown) {
    machine.stderr.write('Nothing was changed\n');
    return;
  }
  await checkDocument(after);
  if (!(await store.replaceText(before, after))) {
    throw new Failure('locked', 'another process changed the settings while they were edited', {
      hint: 'nothing was saved: edit them again',
    });
  }
  machine.stderr.write(`${printable(`Saved ${store.path}`)}\n`);
}

function editorOf({ environment, stdin, stdout }: Machine): string {
  const editor = [environment['VISUAL'], environment['EDITOR']].find((name) => name?.trim());
  if (editor === undefined) {
    throw new Failure('usage', 'there is no editor', { hint: 'set EDITOR or VISUAL, as in EDITOR=nano' });
  }
  if (stdin.isTTY === true && stdout.isTTY === true) return editor;
  throw new Failure('usage', 'there is no terminal for an editor', {
    hint: 'save single values with "scarf-cli config set"',
  });
}

/**
 * Returns the edited text. The copy contains secrets, so it is in the settings directory and readable by its
 * owner only.
 */
async function editCopy(
  path: string,
  { editor, text }: { editor: string; text: string },
  { machine, interruption }: Editing,
): Promise<string> {
  const name = Buffer.from(machine.randomBytes(6)).toString('hex');
  const copy = join(dirname(path), `edit-${name}.json`);
  return withFailureContext(`edit ${path}`, async () => {
    await ensureDirectory(dirname(path), 0o700);
    try {
      const handle = await open(copy, 'wx', 0o600);
      await handle.writeFile(text);
      await handle.close();
      await runEditor(editor, copy, { machine, interruption });
      return await readFile(copy, 'utf8');
    } finally {
      await rm(copy, { force: true });
    }
  });
}

/** Ctrl-C is left to the editor; a signal that ends this process also ends the editor. */
async function runEditor(editor: string, path: string, { machine, interruption }: Editing): Promise<void> {
  const [command, args] =
    sep === '\\' ? [`${editor} "${path}"`, []] : ['sh', ['-c', `${editor} "$@"`, 'sh', path]];
  const { environment: env, workingDirectory: cwd } = machine;
  const child = spawn(command, args, { stdio: 'inherit', env, cwd, shell: sep === '\\' });
  let signal: SignalName | undefined;
  const stopListening = interruption.passSignalsTo((name) => {
    if (name === 'SIGINT') return;
    signal = name;
    child.kill(name);
  });
  try {
    const end = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, by) => resolve(code ?? by ?? 'unknown'));
    });
    if (signal !== undefined) throw stoppedBy(signal);
    if (end === 0) return;
    throw new Failure('usage', `the editor ended with ${end}`, { hint: 'nothing was saved: check EDITOR' });
  } finally {
    stopListening();
  }
}

function stoppedBy(signal: SignalName): Failure {
  const kind: FailureKind = SIGNAL_EXITS[signal];
  return new Failure(kind, `stopped by ${signal}: nothing was saved`);
}
