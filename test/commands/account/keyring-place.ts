/** The built command as a package manager installs it, beside a keyring that keeps its entries in a file. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';

/** How the keyring behaves; `missing`: it is not installed, `sync`: it has no asynchronous half. */
export type Keyring = 'works' | 'sync' | 'missing' | 'broken' | 'locked' | 'forgetful';

export interface InstalledPlace {
  home: string;
  token: string;
  /** Runs the command with an empty environment but for the sandbox's address and owner. */
  run: (argv: readonly string[], stdin?: string) => Promise<{ exit: number; stdout: string; stderr: string }>;
  /** What the keyring holds, by service and account. */
  entries: () => Promise<Record<string, string>>;
  /** Another keyring from now on. */
  use: (keyring: Keyring) => void;
  /** The text of the saved settings. */
  profiles: () => Promise<string>;
}

/** Installs the command once; gives the programs with and without a keyring beside them. */
export async function installCommand(): Promise<{
  beside: string;
  alone: string;
  remove: () => Promise<void>;
}> {
  const packages = join(await mkdtemp(join(tmpdir(), 'scarf-cli-')), 'node_modules');
  const [own, keyring] = [join(packages, 'scarf-cli'), join(packages, '@napi-rs', 'keyring')];
  for (const directory of [own, keyring]) await mkdir(directory, { recursive: true });
  for (const name of ['bin', 'dist', 'package.json']) await cp(name, join(own, name), { recursive: true });
  await symlink(resolve('node_modules'), join(own, 'node_modules'));
  await writeFile(join(keyring, 'package.json'), '{"name":"@napi-rs/keyring","main":"index.js"}');
  await writeFile(join(keyring, 'index.js'), keyringSource);
  return {
    beside: join(own, 'bin/scarf-cli.js'),
    alone: resolve('bin/scarf-cli.js'),
    remove: () => rm(dirname(packages), { recursive: true }),
  };
}

/** A home and a sandbox of one test. */
export async function openHome(
  command: { beside: string; alone: string },
  keyring: Keyring,
): Promise<InstalledPlace> {
  const home = await mkdtemp(join(tmpdir(), 'home-'));
  const sandbox = await startSandbox({ clock: () => Date.now(), random: Math.random });
  onTestFinished(async () => {
    await sandbox.close();
    await rm(home, { recursive: true });
  });
  const { SCARF_API_TOKEN: token = '', SCARF_API_URL, SCARF_OWNER } = sandbox.environment;
  let used = keyring;
  const run: InstalledPlace['run'] = (argv, stdin) => {
    const program = used === 'missing' ? command.alone : command.beside;
    const env = { PATH: process.env['PATH'], HOME: home, KEYRING: used, SCARF_API_URL, SCARF_OWNER };
    return new Promise((done) => {
      const child = execFile(process.execPath, [program, ...argv], { env, cwd: home }, (_, stdout, stderr) =>
        done({ exit: child.exitCode ?? -1, stdout, stderr }),
      );
      child.stdin?.end(stdin);
    });
  };
  const entriesFile = join(home, 'keyring.json');
  return {
    home,
    token,
    run,
    use: (kind) => {
      used = kind;
    },
    entries: async () =>
      JSON.parse(await readFile(entriesFile, 'utf8').catch(() => '{}')) as Record<string, string>,
    profiles: () => readFile(join(home, '.config/scarf-cli/profiles.json'), 'utf8'),
  };
}

/** A package as the real one is: CommonJS, with exports that are put on one by one. */
const keyringSource = `
const { HOME, KEYRING } = process.env;
if (KEYRING === 'broken') throw new Error('no native binding');
const { readFileSync, writeFileSync } = require('node:fs');
const file = HOME + '/keyring.json';
const read = () => { try { return JSON.parse(readFileSync(file, 'utf8')); } catch { return {}; } };
class Entry {
  constructor(service, account) { this.key = service + ' ' + account; }
  check() { if (KEYRING === 'locked') throw new Error('the keyring is locked'); }
  getPassword() { this.check(); return read()[this.key] ?? null; }
  setPassword(secret) {
    this.check();
    if (KEYRING !== 'forgetful') writeFileSync(file, JSON.stringify({ ...read(), [this.key]: secret }));
  }
  deletePassword() {
    this.check();
    const { [this.key]: gone, ...others } = read();
    writeFileSync(file, JSON.stringify(others));
    return gone !== undefined;
  }
}
class AsyncEntry {
  constructor(...given) { this.entry = new Entry(...given); }
  async getPassword() { return this.entry.getPassword() ?? undefined; }
  async setPassword(secret) { this.entry.setPassword(secret); }
  async deletePassword() { return this.entry.deletePassword(); }
}
module.exports.Entry = Entry;
module.exports.AsyncEntry = KEYRING === 'sync' ? undefined : AsyncEntry;
`;
