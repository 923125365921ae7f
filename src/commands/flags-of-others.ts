/** Commands whose vendor is a word of the command line have the flags of all vendors. */
import { Option, type Command } from 'commander';
import { Failure } from '../failure.ts';
import type { OptionSpec } from '../settings/option-spec.ts';
import type { Vendor } from '../vendors/vendor.ts';

/** Throws a Failure `usage` for a flag that was typed and is none of `own`, the options of this vendor. */
export function refuseFlagsOfOthers(
  command: Command,
  own: readonly OptionSpec[],
  { title }: Pick<Vendor, 'title'>,
): void {
  const known = own
    .flatMap(({ flags, fileFlags }) => [flags, fileFlags])
    .flatMap((flags) => (flags === undefined ? [] : [new Option(flags).attributeName()]));
  const strange = command.options.find((option) => {
    const attribute = option.attributeName();
    const isTyped = command.getOptionValueSource(attribute) === 'cli';
    return isTyped && !option.hidden && !known.includes(attribute);
  });
  if (strange === undefined) return;
  throw new Failure('usage', `${strange.long ?? strange.flags} has no effect for ${title}`);
}
