/** The topics of help. Each is generated from the tables of the code where there is one. */
import { VENDORS } from '../../../vendors/index.ts';
import { CONFIGURATION } from './configuration.ts';
import { environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { formats } from './formats.ts';
import { IDS } from './ids.ts';
import { JSON_DOCUMENTS } from './json.ts';
import { MAPPING } from './mapping.ts';
import { presetsText } from './presets.ts';
import { RESUME } from './resume.ts';
import { times } from './times.ts';
import { vendorText } from './vendor.ts';

export interface Topic {
  name: string;
  summary: string;
  text: () => string;
}

export const TOPICS: readonly Topic[] = [
  {
    name: 'configuration',
    summary: 'where settings come from, and how to save them',
    text: () => CONFIGURATION,
  },
  { name: 'environment', summary: 'variables that are read', text: environment },
  { name: 'exit-codes', summary: 'what each exit code means', text: exitCodes },
  { name: 'formats', summary: 'files that can be read, and options for their dialects', text: formats },
  { name: 'ids', summary: 'how rows get ids, and why it matters', text: () => IDS },
  { name: 'json', summary: 'reports and other output for programs', text: () => JSON_DOCUMENTS },
  { name: 'mapping', summary: 'from your columns to the fields of a vendor', text: () => MAPPING },
  { name: 'presets', summary: 'kinds of files that --preset reads, and what it sets', text: presetsText },
  { name: 'resume', summary: 'what happens when a run was interrupted', text: () => RESUME },
  { name: 'times', summary: 'forms of times that are read, and how to describe others', text: times },
  ...VENDORS.map((vendor) => ({
    name: vendor.name,
    summary: `${vendor.title}: a first example, options, limits`,
    text: () => vendorText(vendor),
  })),
];
