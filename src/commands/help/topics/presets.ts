/** `scarf-cli help presets`: the table of presets, as options that people would type. */
import { rowOptions } from '../../../application/options/rows.ts';
import type { LogFieldNames } from '../../../contracts/log-fields.ts';
import { PRESETS, presetValues, type Preset } from '../../../formats/presets.ts';
import { VENDORS } from '../../../vendors/index.ts';
import { scarf } from '../../../vendors/scarf/vendor.ts';

export function presetsText(): string {
  const others = VENDORS.filter((vendor) => vendor !== scarf);
  return `A preset says with one word how a kind of file is read, and which columns of a log become fields of Scarf.

  $ scarf-cli import access.log --preset combined --package ID --owner acme

${PRESETS.map(describePreset).join('\n\n')}

Options that are given win; a --map or --type takes the place of the preset's for the same column or field.
Columns that become no field are sent under their own names. Other vendors have fields for less:
${others.map(({ title, logFields = {} }) => `  ${title}: ${Object.values(logFields).join(', ') || 'none'}`).join('\n')}
`;
}

function describePreset(preset: Preset): string {
  const flags = presetFlags(preset, scarf.logFields);
  return [
    `  ${preset.name}: ${preset.reads}`,
    ...flags.map((flag) => `    ${flag}`),
    `    (${preset.source})`,
  ].join('\n');
}

/** The options that a preset stands for, as typed in a shell. @internal */
export function presetFlags(preset: Preset, names: LogFieldNames = {}): string[] {
  const specs = rowOptions({});
  return Object.entries(presetValues(preset, names)).flatMap(([name, value]) => {
    const flag = /--[\w-]+/.exec(specs.find((spec) => spec.name === name)?.flags ?? '')?.[0] ?? `--${name}`;
    if (value === true) return [flag];
    return (Array.isArray(value) ? value : [value]).map((one) => `${flag} ${quoted(String(one))}`);
  });
}

function quoted(text: string): string {
  return /^[\w,.:/+-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
