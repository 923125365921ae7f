/** Runs a delivery or an export for a program: options come from an object, events and the document go to callbacks. */
import { PassThrough, Writable } from 'node:stream';
import { runDelivery as runDeliveryCommand } from '../application/delivery/run.ts';
import type { Observer } from '../application/context.ts';
import { runExport as runExportCommand } from '../application/export/run.ts';
import type { DatasetChoice } from '../application/export/request.ts';
import { IMPORT_OPTIONS, ingestOptions } from '../application/options/delivery.ts';
import { EXPORT_OPTIONS } from '../application/options/export.ts';
import { asFailure, EXIT, Failure } from '../failure.ts';
import { Interruption } from '../interruption.ts';
import type { Machine } from '../machine.ts';
import { processMask } from '../masking/process-mask.ts';
import { realMachine } from '../real-machine.ts';
import type { OptionSpec } from '../settings/option-spec.ts';
import { refuseWithoutEffect } from '../settings/effect.ts';
import { resolveSettings, type Settings } from '../settings/resolve.ts';
import type { SettingValues, ValuesOf } from '../settings/values.ts';
import { VENDORS } from '../vendors/index.ts';
import type { DeliverOptions, ExportOptions, Options, RunEvent, RunResult } from './types.ts';

/** Options that the caller cannot set: it has its own display, and there is no terminal. */
const FIXED = { quiet: true, progress: 'none', json: false, color: false } as const;

interface Call<Specs extends readonly OptionSpec[]> {
  specs: Specs;
  given: Options;
  from: Pick<DeliverOptions, 'workingDirectory' | 'signal' | 'onEvent'>;
}

interface Run<Values> {
  machine: Machine;
  interruption: Interruption;
  observer: Observer;
  settings: Settings<Values>;
}

export async function runDelivery(options: DeliverOptions): Promise<RunResult> {
  const vendor = VENDORS.find(({ name }) => name === options.vendor);
  if (vendor === undefined) throw new Failure('usage', `there is no vendor "${options.vendor}"`);
  const patterns = patternsOf(options.inputs);
  const isScarf = vendor.name === 'scarf';
  const specs = isScarf ? IMPORT_OPTIONS : ingestOptions(vendor);
  const command = isScarf ? 'import' : `ingest ${vendor.name}`;
  return observe({ specs, given: options.options ?? {}, from: options }, ({ settings, ...run }) =>
    runDeliveryCommand({ command, vendor, patterns, specs, settings }, run),
  );
}

/** Programs in JavaScript have no types to tell them. */
function patternsOf(inputs: unknown): string[] {
  const isList = Array.isArray(inputs) && inputs.every((input) => typeof input === 'string');
  if (!isList) throw new Failure('usage', 'inputs must be a list of files and globs');
  if (inputs.includes('-')) throw new Failure('usage', 'inputs are files: standard input is not read');
  return inputs;
}

export async function runExport(options: ExportOptions): Promise<RunResult> {
  if (options.output === '-') throw new Failure('usage', 'the output is a file, a directory or a database');
  const specs = Object.hasOwn(EXPORT_OPTIONS, options.dataset) ? EXPORT_OPTIONS[options.dataset] : undefined;
  if (specs === undefined) throw new Failure('usage', `there is no dataset "${options.dataset}"`);
  const given = { ...options.options, output: options.output };
  return observe({ specs, given, from: options }, ({ settings, ...run }) => {
    const request = { dataset: choiceOf(options), settings: settings.values, specs, secretFiles: [] };
    return runExportCommand(request, run);
  });
}

function choiceOf({ dataset, domain }: ExportOptions): DatasetChoice {
  if (dataset !== 'company-events') return { kind: dataset };
  if (domain === undefined) throw new Failure('usage', 'company-events need a domain');
  return { kind: dataset, domain };
}

/** The secrets of a call are masked until its work ends, which after a deadline may be later than its result. */
async function observe<const Specs extends readonly OptionSpec[]>(
  call: Call<Specs>,
  run: (parts: Run<ValuesOf<Specs>>) => Promise<number>,
): Promise<RunResult> {
  const endUse = processMask.use();
  let work: Promise<unknown> = Promise.resolve();
  try {
    return await observeWork(call, (parts) => {
      const running = run(parts);
      work = running;
      return running;
    });
  } finally {
    void work.then(endUse, endUse);
  }
}

async function observeWork<const Specs extends readonly OptionSpec[]>(
  call: Call<Specs>,
  run: (parts: Run<ValuesOf<Specs>>) => Promise<number>,
): Promise<RunResult> {
  const settings = readOptions(call);
  const machine = quietMachine(call.from.workingDirectory);
  const interruption = new Interruption(machine);
  const { signal, onEvent } = call.from;
  if (signal !== undefined) interruption.follow(signal);
  const { deadline }: SettingValues = settings.values;
  if (typeof deadline === 'number') interruption.endAfter(deadline);
  let report: Record<string, unknown> = {};
  const observer: Observer = {
    onEvent: (event) => tell(onEvent, event),
    onDocument: (document) => {
      report = document;
    },
  };
  try {
    const running = run({ machine, interruption, observer, settings });
    const exitCode = await Promise.race([running, interruption.overdue]);
    const outcome = Object.entries(EXIT).find(([, code]) => code === exitCode)?.[0] ?? 'bug';
    return { exitCode, outcome, report };
  } catch (error) {
    throw asFailure(error);
  } finally {
    interruption.close();
  }
}

/** A listener that fails must not fail a delivery; a promise that nobody catches would end the process. */
function tell(onEvent: DeliverOptions['onEvent'], event: RunEvent): void {
  try {
    const told = onEvent?.(event);
    if (told !== undefined) Promise.resolve(told).catch(() => undefined);
  } catch {
    // As when it rejects.
  }
}

function readOptions<const Specs extends readonly OptionSpec[]>({
  specs,
  given,
}: Call<Specs>): Settings<ValuesOf<Specs>> {
  const names = new Set(specs.map(({ name }) => name));
  const strange = Object.keys(given).find((name) => !names.has(name));
  if (strange !== undefined) throw new Failure('usage', `there is no option "${strange}"`);
  for (const name of Object.keys(FIXED)) {
    if (given[name] !== undefined) throw new Failure('usage', `option "${name}" is not for programs`);
  }
  // Nothing would run it: commands need an environment.
  for (const { name, commandOption } of specs) {
    if (commandOption === undefined || given[commandOption] === undefined) continue;
    throw new Failure('usage', `option "${commandOption}" is not for programs`, {
      hint: `run the command, and give what it prints as "${name}"`,
    });
  }
  const flags = Object.fromEntries(Object.entries(FIXED).filter(([name]) => names.has(name)));
  const settings = resolveSettings(specs, { flags, environment: {}, profile: given, profileWord: 'option' });
  refuseWithoutEffect(specs, settings, 'profile');
  return settings;
}

/** The real machine without what belongs to the caller's process. */
function quietMachine(workingDirectory: string | undefined): Machine {
  const machine = realMachine();
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const stdin = new PassThrough();
  stdin.end();
  return {
    ...machine,
    argv: [],
    environment: {},
    workingDirectory: workingDirectory ?? machine.workingDirectory,
    stdin,
    stdout: nowhere(),
    stderr: nowhere(),
    onSignal: () => () => undefined,
    onUncaught: () => undefined,
    exitWhenDone: () => undefined,
    exitNow: () => undefined,
    boundHeap: () => undefined,
    collectGarbage: () => undefined,
    calmHeap: () => undefined,
  };
}
