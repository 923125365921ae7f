/** Reads the saved profile that a command uses. */
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { chooseExistingProfile, chooseProfile, type ChosenProfile } from '../settings/profiles/choose.ts';
import { DEFAULT_PROFILE, type ProfileDocument, type Values } from '../settings/profiles/document.ts';
import { profileStore } from '../settings/profiles/store.ts';

/** The chosen profile, with its values for one vendor. */
export interface SavedProfile extends ChosenProfile {
  values: Values;
}

export interface ProfileRequest {
  vendor: string | undefined;
  /** What was given on the command line, by spec name. */
  flags: Readonly<Record<string, unknown>>;
  /** Treat a missing profile as empty. */
  mayBeNew?: boolean;
}

/**
 * Reads the profile; without a vendor nothing is read. Throws a Failure `usage` for a missing profile,
 * `local` for a file that cannot be read.
 */
export async function readSavedProfile(
  { vendor, flags, mayBeNew = false }: ProfileRequest,
  machine: Machine,
): Promise<SavedProfile> {
  if (vendor === undefined) return { name: DEFAULT_PROFILE, source: { kind: 'default' }, values: {} };
  const document = await profileStore(machine).load();
  const choose = mayBeNew ? chooseProfile : chooseExistingProfile;
  const chosen = choose(document, { flags, environment: machine.environment });
  return { ...chosen, values: savedValues(document, chosen.name, vendor) };
}

/** The values of a profile for a vendor. Throws a Failure `local` when they are invalid. */
export function savedValues(document: ProfileDocument, profile: string, vendor: string): Values {
  const values = document.values(profile, vendor);
  if (values !== undefined) return values;
  throw new Failure('local', `the ${vendor} settings of profile "${profile}" are not an object`, {
    hint: 'fix them with "scarf-cli config edit"',
  });
}
