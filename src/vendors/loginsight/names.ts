/**
 * Field names. No grammar is published; these rules follow the clients of the vendor: lower case, a letter or
 * underscore first, then letters, digits and single underscores, at most 64 characters.
 */

const maxNameLength = 64;

/** Names that the server sets itself, or for which it refuses the event, and their replacements. */
const reserved: Readonly<Record<string, string>> = {
  timestamp: 'timestamp_',
  source: 'log_source',
  hostname: 'host_',
  event_type: 'event_type_',
  text: 'text_',
};

/** Converts a name to one that Log Insight accepts. */
export function legalName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/_{2,}/g, '_');
  const started = /^[a-z_]/.test(plain) ? plain : `_${plain}`;
  return unreserved(started.slice(0, maxNameLength));
}

/** The name itself, or its replacement when the server reserves it. */
export function unreserved(name: string): string {
  return Object.hasOwn(reserved, name) ? (reserved[name] ?? name) : name;
}

/** A name not yet used in an event, made by appending underscores. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free = `${free}_`;
  return free;
}
