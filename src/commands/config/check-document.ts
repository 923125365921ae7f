/** Validates a text that is to replace the saved settings. */
import { Failure } from '../../failure.ts';
import { KEYCHAIN_KEY } from '../../settings/profiles/kept-secrets.ts';
import { ProfileDocument, type Values } from '../../settings/profiles/document.ts';
import { WANTED } from '../../shaping/json/value-scan.ts';
import { ObjectScan } from '../../shaping/json/scan.ts';
import { findVendor } from '../../vendors/index.ts';
import { checkValue, optionName, savedOptionsOf } from './options.ts';

/** Throws a Failure `usage` that says what is wrong and where, without quoting a value. */
export async function checkDocument(text: string): Promise<void> {
  const document = ProfileDocument.from(parse(text));
  if (typeof document === 'string') throw wrong(document);
  if (!document.names.includes(document.used)) throw wrong(`there is no profile "${document.used}" to use`);
  for (const profile of document.names) {
    for (const vendor of document.vendorsOf(profile)) {
      if (findVendor(vendor) === undefined) throw wrong(`${profile}: there is no vendor "${vendor}"`);
      const values = document.values(profile, vendor);
      if (values === undefined) throw wrong(`${profile}, ${vendor}: an object is expected`);
      await checkValues(`${profile}, ${vendor}`, vendor, values);
    }
  }
}

/** The parser's message quotes the text, which may contain a secret. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const bytes = Buffer.from(text);
    const scan = new ObjectScan([]);
    if (scan.scan(bytes, 0, bytes.length) !== 'bad') throw wrong('it is not JSON');
    const line = bytes.subarray(0, scan.failedAt).toString('utf8').split('\n').length;
    throw wrong(`it is not JSON: line ${line}: expected ${WANTED[scan.wanted]}`);
  }
}

async function checkValues(where: string, vendor: string, values: Values): Promise<void> {
  const specs = savedOptionsOf(vendor);
  for (const [name, value] of Object.entries(values)) {
    const items: unknown[] = Array.isArray(value) ? (value as unknown[]) : [value];
    if (name === KEYCHAIN_KEY) {
      const isSecret = (item: unknown) => specs.some((spec) => spec.secret === true && spec.name === item);
      if (!Array.isArray(value) || !items.every(isSecret))
        throw wrong(`${where}: "${name}" lists secrets only`);
      continue;
    }
    const spec = specs.find((one) => one.name === name);
    if (spec === undefined) {
      const named = specs.find((one) => optionName(one) === name);
      const hint = named === undefined ? '' : `; it is written "${named.name}" here`;
      throw wrong(`${where}: there is no option "${name}"${hint}`);
    }
    for (const item of items) {
      if (!['string', 'number', 'boolean'].includes(typeof item))
        throw wrong(`${where}: "${name}" must be text, a number, true, false or a list of them`);
      try {
        await checkValue(vendor, spec, String(item));
      } catch (error) {
        if (error instanceof Failure) throw wrong(`${where}: ${error.message}`);
        throw error;
      }
    }
  }
}

function wrong(message: string): Failure {
  return new Failure('usage', `the edited settings cannot be used: ${message}`, {
    hint: 'nothing was saved: edit them again',
  });
}
