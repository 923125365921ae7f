/** Placeholder accounts and addresses for commands that send nothing. */
import type { Settings } from '../settings/resolve.ts';
import type { Vendor } from '../vendors/vendor.ts';

const standIns: Readonly<Record<string, unknown>> = {
  owner: 'owner',
  token: 'none',
  apiUrl: 'https://vendor.invalid',
  agentId: '0',
};

/** The settings with a placeholder for each of these that is not set, so that the user need not give them. */
export function withPlaceholders<Values extends object>(
  vendor: Vendor,
  settings: Settings<Values>,
): Settings<Values> {
  const names = vendor.options
    .map(({ name }) => name)
    .filter((name) => name in standIns && !Object.hasOwn(settings.values, name));
  const added = Object.fromEntries(names.map((name) => [name, standIns[name]]));
  return { ...settings, values: { ...added, ...settings.values } };
}
