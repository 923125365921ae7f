/** Chooses the saved profile that supplies values below flags and environment. */
import { Failure } from '../../failure.ts';
import type { OptionSpec } from '../option-spec.ts';
import { resolveSettings, type Given, type Source } from '../resolve.ts';
import { checkedProfileName, DEFAULT_PROFILE, type ProfileDocument } from './document.ts';

/**
 * `--profile`, else `SCARF_CLI_PROFILE`, else the choice of `config use`; declared by every command that
 * reads saved settings.
 */
export const PROFILE_OPTION = {
  name: 'profile',
  group: 'account',
  common: true,
  flags: '--profile <name>',
  environment: ['SCARF_CLI_PROFILE'],
  description: 'profile of saved settings to use, in place of that of "scarf-cli config use"',
  parse: checkedProfileName,
} as const satisfies OptionSpec;

export interface ChosenProfile {
  name: string;
  /** `profile`: chosen by `config use`. */
  source: Source;
}

/** The chosen profile, whether or not it exists. Throws a Failure `usage` for an invalid name. */
export function chooseProfile(
  document: ProfileDocument,
  given: Pick<Given, 'flags' | 'environment'>,
): ChosenProfile {
  const { values, sources } = resolveSettings([PROFILE_OPTION], given);
  const { profile } = values;
  if (profile !== undefined) return { name: profile, source: sources['profile'] ?? { kind: 'unset' } };
  const { used } = document;
  return used === DEFAULT_PROFILE
    ? { name: used, source: { kind: 'default' } }
    : { name: used, source: { kind: 'profile', name: 'use' } };
}

/**
 * As `chooseProfile`, but throws a Failure `usage` that lists the profiles when the chosen one does not
 * exist.
 */
export function chooseExistingProfile(
  document: ProfileDocument,
  given: Pick<Given, 'flags' | 'environment'>,
): ChosenProfile {
  const chosen = chooseProfile(document, given);
  if (document.names.includes(chosen.name)) return chosen;
  throw unknownProfile(chosen, document);
}

/** The Failure for a profile that does not exist. */
export function unknownProfile(
  { name, source }: { name: string; source?: Source },
  { names }: ProfileDocument,
): Failure {
  const by = source === undefined || source.kind === 'flag' ? '' : ` (${sayingOf(source)})`;
  return new Failure('usage', `there is no profile "${name}"${by}; there is: ${names.join(', ')}`, {
    hint:
      source?.kind === 'profile'
        ? 'choose another one with "scarf-cli config use NAME"'
        : `save a setting in it first: scarf-cli config set --profile ${name} VENDOR OPTION VALUE`,
  });
}

function sayingOf(source: Source): string {
  return source.kind === 'environment' ? source.name : 'chosen with "config use"';
}
