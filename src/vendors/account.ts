/** What `login` and `whoami` ask of a vendor. */
import type { HttpClient } from '../http/client.ts';
import type { Retry } from '../records.ts';
import type { SettingValues } from '../settings/values.ts';

/** The secret that a person logs in with. */
export interface LoginSecret {
  /** The name of its option: `token`. */
  option: string;
  /** For people: `API token`. */
  noun: string;
}

/**
 * The vendor took the secret, and what else its answer tells: a plan by name, and how many slots for imports are in use
 * (of one request: at least). `unchecked`: nothing can be asked without sending an event, and why.
 */
export type AccountAnswer =
  | { kind: 'accepted'; plan?: string; slots?: { used: number; limit: number } }
  | { kind: 'unchecked'; why: string }
  | Retry;

export interface AccountQuestion {
  settings: SettingValues;
  /** The caller closes it. */
  http: HttpClient;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** One request, also where another would tell more. */
  once: boolean;
}

export interface VendorAccount {
  /** The options, by name, that say who and where; without secrets. */
  options: readonly string[];
  /** Of these, the name that goes with the secret: it is asked for where nobody gave it, and saved with the secret. */
  user?: (settings: SettingValues) => 'username' | undefined;
  secret: (settings: SettingValues) => LoginSecret;
  /**
   * Asks once, without sending an event and without harm in asking twice. Throws a Failure `credentials` when the secret
   * is missing or refused, `usage` for another address or owner.
   */
  ask(question: AccountQuestion, signal: AbortSignal): Promise<AccountAnswer>;
  /** The name of the account as the vendor writes it, where letters' case can matter; undefined where it cannot be told. */
  registeredOwner?(question: AccountQuestion, signal: AbortSignal): Promise<string | undefined>;
}
