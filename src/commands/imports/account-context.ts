/** What every verb of `scarf-cli imports` works with: the account, and retries of requests to it. */
import { openHttp } from '../../application/delivery/setup/target-context.ts';
import { attempt } from '../../delivery/send/attempt.ts';
import { Failure } from '../../failure.ts';
import type { Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';
import type { Retry } from '../../records.ts';
import { createScarfAccount, type ScarfAccount } from '../../vendors/scarf/account.ts';
import { scarf } from '../../vendors/scarf/vendor.ts';
import type { ImportsSettings } from './options.ts';

/** The arguments and settings of one call. */
export interface ImportsCall<Settings = ImportsSettings> {
  /** The imports that the verb is about. */
  ids: readonly string[];
  settings: Settings;
  machine: Machine;
  interruption: Interruption;
}

export interface ImportsContext<Settings = ImportsSettings> extends ImportsCall<Settings> {
  account: ScarfAccount;
  signal: AbortSignal;
}

/** Connects to the account that the settings name, runs the verb and closes the connection. */
export function withAccount<Settings extends ImportsSettings>(
  work: (context: ImportsContext<Settings>) => Promise<number>,
): (call: ImportsCall<Settings>) => Promise<number> {
  return async (call) => {
    const { settings, machine, interruption } = call;
    const http = openHttp(scarf, settings, machine);
    try {
      const account = createScarfAccount(settings, { http, now: () => machine.now() });
      return await work({ ...call, account, signal: interruption.signal });
    } finally {
      await http.close();
    }
  };
}

/** `onNoAnswer` is called with the reason, before each wait for another attempt. */
export interface RetryContext extends Pick<ImportsContext, 'settings' | 'machine' | 'signal'> {
  onNoAnswer?: (why: string) => void;
}

/** Retries until answered. Throws a Failure `unavailable` when retries are exhausted. */
export async function ask<T extends { kind: string }>(
  { settings, machine, signal, onNoAnswer }: RetryContext,
  question: (signal: AbortSignal) => Promise<T | Retry>,
): Promise<Exclude<T, Retry>> {
  const answer = await attempt(() => question(signal), {
    purpose: 'follow',
    maxRetries: settings.retries,
    harmless: true,
    machine,
    emit(event) {
      if (event.type === 'attempt-failed' && event.why === 'transient') onNoAnswer?.(event.message);
    },
    signal,
  });
  signal.throwIfAborted();
  if (answer.kind === 'retry') throw new Failure('unavailable', (answer as Retry).message);
  return answer as Exclude<T, Retry>;
}
