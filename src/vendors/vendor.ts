/** The description of a vendor, from which flags, help, settings and `scarf-cli limits` are derived. */
import type { LogFieldNames } from '../contracts/log-fields.ts';
import type { Target } from '../contracts/target.ts';
import type { OptionSpec } from '../settings/option-spec.ts';
import type { SettingValues } from '../settings/values.ts';
import type { HttpClient } from '../http/client.ts';
import type { VendorAccount } from './account.ts';
import type { StatusRule } from './rules.ts';

/** A limit as `scarf-cli limits` prints it. */
export interface LimitRow {
  name: string;
  value: string;
  /** Where the number comes from: a vendor page with its date, or `scarf-cli`, when it is our choice. */
  source: string;
}

/** What a target needs from outside. */
export interface TargetContext {
  /** The caller closes it after the last use of the target. */
  http: HttpClient;
  /** Milliseconds since the epoch. */
  now: () => number;
  /** A UUID that stays the same on this machine for this user. */
  installationId: () => Promise<string>;
}

/** How far certificates are trusted: handed to the dispatcher of the client. */
interface Trust {
  caFile?: string;
  insecure?: boolean;
}

/** Settings are given whole, as they were resolved; each vendor takes out its own (`valuesOf`). */
export interface Vendor {
  /** The name on the command line: `scarf`. */
  name: string;
  title: string;
  /** A command line that works, for help. */
  example: string;
  options: readonly OptionSpec[];
  /** The field by which the vendor deduplicates rows, if any: ids may be filled in. */
  idField?: string;
  /** The vendor's names for the fields of logs, to which those of a preset are mapped. */
  logFields?: LogFieldNames;
  /** Rows may be too old. */
  ages?: true;
  /** The reply has an answer per row, which may be kept. */
  replies?: true;
  limits: readonly LimitRow[];
  /** Meanings of status codes, in addition to COMMON_RULES. */
  statuses: readonly StatusRule[];
  /** Status codes of its other requests, by a title for display. */
  otherStatuses?: Readonly<Record<string, readonly StatusRule[]>>;
  trust?: (settings: SettingValues) => Trust;
  /** Notices that are printed before anything is sent. */
  cautions?: (settings: SettingValues) => string[];
  account: VendorAccount;
  /** Checks the settings (Failure `usage`) and makes the target; asks the vendor nothing. */
  createTarget(settings: SettingValues, targetContext: TargetContext): Promise<Target>;
}
