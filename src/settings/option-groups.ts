/** The headings under which help, man pages and docs list options. */

/** The groups, in the order in which they are listed. */
export const OPTION_GROUPS = {
  account: 'Account options',
  selection: 'Selection options',
  input: 'Input options',
  reshaping: 'Reshaping options',
  delivery: 'Delivery options',
  output: 'Output options',
  storage: 'Object storage options',
  debugging: 'Debugging options',
  general: 'Options',
} as const;

export type OptionGroup = keyof typeof OPTION_GROUPS;

interface Grouped {
  group?: OptionGroup;
}

/** Options in the order in which help lists them: by group, and as declared within one. */
export function byGroup<Spec extends Grouped>(specs: readonly Spec[]): Spec[] {
  const order = Object.keys(OPTION_GROUPS);
  const rank = ({ group = 'general' }: Grouped) => order.indexOf(group);
  return [...specs].sort((one, other) => rank(one) - rank(other));
}

/** The heading of an option's group. */
export function groupHeading({ group = 'general' }: Grouped): string {
  return `${OPTION_GROUPS[group]}:`;
}
