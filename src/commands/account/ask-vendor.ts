/** Asks a vendor one question about an account. */
import { openHttp } from '../../application/delivery/setup/target-context.ts';
import type { Context } from '../../application/context.ts';
import { Failure } from '../../failure.ts';
import type { Retry } from '../../records.ts';
import type { SettingValues } from '../../settings/values.ts';
import type { AccountAnswer } from '../../vendors/account.ts';
import type { Vendor } from '../../vendors/vendor.ts';

/**
 * The vendor's answer. Does not retry, since the user can ask again. Throws a Failure `unavailable` when no
 * answer arrives.
 */
export async function askVendor(
  { vendor, settings, once }: { vendor: Vendor; settings: SettingValues; once: boolean },
  { machine, interruption }: Pick<Context, 'machine' | 'interruption'>,
): Promise<Exclude<AccountAnswer, Retry>> {
  const { signal } = interruption;
  const http = openHttp(vendor, settings, machine);
  try {
    const question = { settings, http, now: () => machine.now(), once };
    const answer = await interruption.unlessInterrupted(vendor.account.ask(question, signal));
    signal.throwIfAborted();
    if (answer.kind !== 'retry') return answer;
    throw new Failure('unavailable', `${vendor.title} cannot be asked: ${answer.message}`);
  } finally {
    await http.close();
  }
}
