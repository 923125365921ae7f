/** Checks the account at the vendor: token, owner with its letter case, and slots in use. */
import type { Finding } from '../../contracts/finding.ts';
import type { Failure } from '../../failure.ts';
import { asFailure } from '../../failure.ts';
import type { SettingValues } from '../../settings/values.ts';
import type { AccountAnswer, AccountQuestion } from '../../vendors/account.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { failedFinding } from './check.ts';

/** Asks the vendor only what changes nothing. */
export async function checkAccount(
  vendor: Vendor,
  question: AccountQuestion,
  signal: AbortSignal,
): Promise<Finding[]> {
  const { settings } = question;
  const hasOwner = vendor.options.some(({ name }) => name === 'owner');
  try {
    const answer = await vendor.account.ask(question, signal);
    if (answer.kind === 'unchecked' && !isSecretSet(vendor, settings))
      return [missingSecret(vendor, settings)];
    const found = answerFindings(answer, vendor.title);
    if (!hasOwner || answer.kind !== 'accepted') return found;
    const [token, ...slots] = found;
    return [...(token === undefined ? [] : [token]), await ownerFinding(vendor, question, signal), ...slots];
  } catch (error) {
    const failure = asFailure(error);
    if (failure.kind === 'credentials' && !isSecretSet(vendor, settings))
      return [withoutSecret(vendor, settings, failure)];
    // A Failure `usage` is about the owner.
    if (failure.kind !== 'usage' || !hasOwner) return [failedFinding('token', failure)];
    return [{ ...failedFinding('owner', failure), kind: 'credentials' }];
  }
}

/** When the account cannot be tried, still reports whether there is a secret. */
export function missingSecret({ account, options }: Vendor, settings: SettingValues): Finding {
  const { noun, option } = account.secret(settings);
  const variable = options.find(({ name }) => name === option)?.environment?.[0] ?? '';
  const fix = `set ${variable}, pass its file with a flag, or run "scarf-cli login"`;
  return { check: 'token', state: 'failed', message: `no ${noun} is set`, fix, kind: 'credentials' };
}

export function isSecretSet({ account, options }: Vendor, settings: SettingValues): boolean {
  const names = [
    account.secret(settings).option,
    ...options.filter(({ secret }) => secret === true).map(({ name }) => name),
  ];
  return names.some((name) => settings[name] !== undefined && settings[name] !== '');
}

/** A vendor that accepts events without a secret warns about what that means. */
function withoutSecret(vendor: Vendor, settings: SettingValues, failure: Failure): Finding {
  const [caution] = vendor.cautions?.(settings) ?? [];
  const finding = failedFinding('token', failure);
  if (caution === undefined) return finding;
  const { kind: _kind, ...warning } = finding;
  return { ...warning, state: 'warning', message: caution };
}

function answerFindings(answer: AccountAnswer, title: string): Finding[] {
  if (answer.kind === 'retry')
    return [{ check: 'token', state: 'failed', message: answer.message, kind: 'unavailable' }];
  if (answer.kind === 'unchecked') return [{ check: 'token', state: 'skipped', message: answer.why }];
  const plan = answer.plan === undefined ? '' : ` (plan: ${answer.plan})`;
  const token: Finding = { check: 'token', state: 'ok', message: `${title} accepts it${plan}` };
  if (answer.slots === undefined) return [token];
  const { limit, used } = answer.slots;
  const message = `${used} of ${limit} imports are active`;
  if (used < limit) return [token, { check: 'slots', state: 'ok', message }];
  const fix = 'wait, or end one with "scarf-cli imports abort ID"';
  return [token, { check: 'slots', state: 'warning', message: `${message}: a new one waits`, fix }];
}

async function ownerFinding(
  vendor: Vendor,
  question: AccountQuestion,
  signal: AbortSignal,
): Promise<Finding> {
  const { owner } = question.settings;
  if (typeof owner !== 'string' || owner === '') {
    const fix = 'set SCARF_OWNER or pass --owner NAME';
    return { check: 'owner', state: 'failed', message: 'no owner is set', fix, kind: 'credentials' };
  }
  const registered = await vendor.account.registeredOwner?.(question, signal);
  if (registered === undefined || registered.toLowerCase() !== owner.toLowerCase()) {
    const message = `"${owner}" exists; without a package its letter case cannot be compared`;
    return { check: 'owner', state: 'ok', message };
  }
  if (registered === owner)
    return { check: 'owner', state: 'ok', message: `"${owner}", letter case included` };
  const message = `${vendor.title} writes the owner "${registered}", not "${owner}": exports of aggregates will not find it`;
  return { check: 'owner', state: 'warning', message, fix: `write it as "${registered}"` };
}
