/** What logs of requests tell, and vendors have fields for. */

/** `time`: when it happened; `address`: who asked; `domain`: the host that was asked for; `url`: with its path. */
export type LogField = 'time' | 'address' | 'agent' | 'referrer' | 'domain' | 'method' | 'url';

/** A vendor's own names for them, as paths in a row. */
export type LogFieldNames = Readonly<Partial<Record<LogField, string>>>;
