/** `help VENDOR`: a first example, variables, limits. */
import type { Vendor } from '../../../vendors/vendor.ts';
import { variables } from './environment.ts';

/** Generated from the description of the vendor. */
export function vendorText(vendor: Vendor): string {
  return `${vendor.title}

  $ ${vendor.example}

Environment:
${variables(vendor.options)}

Limits:
${limitsText(vendor)}

"scarf-cli limits" tells what each status means to us, "scarf-cli ${commandOf(vendor)} --help" lists all options.
`;
}

function commandOf(vendor: Vendor): string {
  return vendor.name === 'scarf' ? 'import' : `ingest ${vendor.name}`;
}

/** A vendor's limits, each with the source of the number. */
function limitsText({ limits }: Vendor): string {
  const width = Math.max(...limits.map(({ name }) => name.length));
  return limits.map(({ name, value, source }) => `  ${name.padEnd(width)}  ${value}  (${source})`).join('\n');
}
