/**
 * The saved settings as an immutable value: by profile, vendor and option. The default profile's values are
 * at the top level by vendor, as before other profiles existed; the others are below `profiles`, and `use`
 * names the profile to use when none is chosen.
 */

/** By option name: text, or any JSON value. */
export type Values = Record<string, unknown>;

/** The profile used when none is chosen. It always exists, even if empty. */
export const DEFAULT_PROFILE = 'default';

const reserved = { profiles: 'profiles', use: 'use' } as const;

/** Names that need no quoting and contain no terminal control characters. */
const profileName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Returns the name unchanged. Throws an Error, whose message is a sentence, for an invalid name. */
export function checkedProfileName(name: string): string {
  if (profileName.test(name)) return name;
  throw new Error(
    'a profile is named with up to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit',
  );
}

export class ProfileDocument {
  readonly #root: Values;

  private constructor(root: Values) {
    this.#root = root;
  }

  static readonly empty = new ProfileDocument({});

  /** The document in a parsed JSON value; a sentence when it is invalid. */
  static from(value: unknown): ProfileDocument | string {
    if (!isValues(value)) return 'it is not an object';
    const { profiles = {}, use } = ownOf(value);
    if (!isValues(profiles)) return '"profiles" is not an object';
    const names = Object.keys(profiles);
    if (names.some((name) => !profileName.test(name)))
      return '"profiles" has a name that no profile can have';
    if (names.includes(DEFAULT_PROFILE)) return `the values of "${DEFAULT_PROFILE}" stand outside "profiles"`;
    const strange = names.find((name) => !isValues(profiles[name]));
    if (strange !== undefined) return `profile "${strange}" is not an object`;
    if (use !== undefined && (typeof use !== 'string' || !profileName.test(use)))
      return '"use" is not the name of a profile';
    return new ProfileDocument(value);
  }

  /** All profiles, the default one first. */
  get names(): string[] {
    return [DEFAULT_PROFILE, ...Object.keys(this.#profiles).sort()];
  }

  /** The profile to use when none is chosen. It need not exist. */
  get used(): string {
    const { use } = ownOf(this.#root);
    return typeof use === 'string' ? use : DEFAULT_PROFILE;
  }

  /** The keys below a profile: vendors, and whatever was added by hand. */
  vendorsOf(profile: string): string[] {
    return Object.keys(this.#profile(profile));
  }

  /** The values of a vendor; empty when none are saved, undefined when they are not an object. */
  values(profile: string, vendor: string): Values | undefined {
    const vendors = this.#profile(profile);
    const values = Object.hasOwn(vendors, vendor) ? vendors[vendor] : {};
    return isValues(values) ? values : undefined;
  }

  /**
   * A copy with other values for a vendor. A profile that becomes empty is removed unless it is the one in
   * use, whose name must stay valid.
   */
  with(profile: string, vendor: string, values: Values): ProfileDocument {
    const vendors = replaced(this.#profile(profile), vendor, isEmpty(values) ? undefined : values);
    if (profile === DEFAULT_PROFILE) {
      const { profiles, use } = ownOf(this.#root);
      return new ProfileDocument({ ...vendors, ...present({ profiles, use }) });
    }
    const goes = isEmpty(vendors) && this.used !== profile;
    return this.#withProfiles(replaced(this.#profiles, profile, goes ? undefined : vendors));
  }

  /** A copy with another profile to use when none is chosen. */
  using(profile: string): ProfileDocument {
    const used = profile === DEFAULT_PROFILE ? undefined : profile;
    return new ProfileDocument(replaced(this.#root, reserved.use, used));
  }

  toJSON(): unknown {
    return this.#root;
  }

  get #profiles(): Values {
    const { profiles } = ownOf(this.#root);
    return isValues(profiles) ? profiles : {};
  }

  #profile(name: string): Values {
    if (name !== DEFAULT_PROFILE) {
      const profile = Object.hasOwn(this.#profiles, name) ? this.#profiles[name] : {};
      return isValues(profile) ? profile : {};
    }
    return Object.fromEntries(Object.entries(this.#root).filter(([key]) => !Object.hasOwn(reserved, key)));
  }

  #withProfiles(profiles: Values): ProfileDocument {
    return new ProfileDocument(
      replaced(this.#root, reserved.profiles, isEmpty(profiles) ? undefined : profiles),
    );
  }
}

/** Own properties only: `constructor` and the like are inherited. */
function ownOf(root: Values): { profiles?: unknown; use?: unknown } {
  return {
    ...(Object.hasOwn(root, reserved.profiles) ? { profiles: root[reserved.profiles] } : {}),
    ...(Object.hasOwn(root, reserved.use) ? { use: root[reserved.use] } : {}),
  };
}

function replaced(values: Values, key: string, value: unknown): Values {
  const others = Object.entries(values).filter(([name]) => name !== key);
  return Object.fromEntries(value === undefined ? others : [...others, [key, value]]);
}

function present(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function isEmpty(values: Values): boolean {
  return Object.keys(values).length === 0;
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
