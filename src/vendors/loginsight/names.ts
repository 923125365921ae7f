/**
 * Field names. No grammar is published; this is what clients of the vendor keep to: lower case, a letter or underscore
 * first, letters, digits and single underscores after it, at most 64 characters.
 */

const maxNameLength = 64;

/** Names that the server sets itself, or for which it refuses the event. */
const reserved: Readonly<Record<string, string>> = {
  timestamp: 'timestamp_',
  source: 'log_source',
  hostname: 'host_',
  event_type: 'event_type_',
  text: 'text_',
};

/** The name as Log Insight takes it. */
export function legalName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/_{2,}/g, '_');
  const started = /^[a-z_]/.test(plain) ? plain : `_${plain}`;
  return unreserved(started.slice(0, maxNameLength));
}

/** The name as it is, unless the server keeps it for itself. */
export function unreserved(name: string): string {
  return Object.hasOwn(reserved, name) ? (reserved[name] ?? name) : name;
}

/** A name that is not taken yet in an event: underscores are put behind it. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  while (taken.has(free)) free = `${free}_`;
  return free;
}
