/** Text from CSV; any JSON value from NDJSON. An empty CSV cell is null ("Scarf docs, Data export", 2026-06). */
export type Cell = unknown;
