/** Traces the statements of a connection by kind and duration, never their content. */
import type { Client } from 'pg';
import type { Machine } from '../../../machine.ts';

export type TracingMachine = Pick<Machine, 'trace' | 'elapsedMs'>;

type Query = (...given: unknown[]) => unknown;

/** Makes a client trace its statements. Returns the same client. */
export function traceStatements(client: Client, { trace, elapsedMs }: TracingMachine): Client {
  const query = client.query.bind(client) as Query;
  const traced: Query = (...given) => {
    const startedMs = elapsedMs();
    const statement = kindOf(given[0]);
    const end = (rows: number | undefined, error?: unknown) =>
      trace.record({
        type: 'statement-ended',
        statement,
        ms: elapsedMs() - startedMs,
        rows,
        ...(error === undefined ? {} : { error: error instanceof Error ? error.message : 'failed' }),
      });
    const result = query(...given);
    if (isStream(result))
      result.once('finish', () => end(undefined)).once('error', (error) => end(undefined, error));
    else if (result instanceof Promise)
      result.then(
        (answer: unknown) => end(rowsOf(answer)),
        (error: unknown) => end(undefined, error),
      );
    return result;
  };
  client.query = traced as typeof client.query;
  return client;
}

/** The first word of the statement: `select`, `copy`. */
function kindOf(query: unknown): string {
  const text = typeof query === 'string' ? query : textIn(query);
  return /^\s*([a-z]+)/i.exec(text)?.[1]?.toLowerCase() ?? 'statement';
}

function textIn(query: unknown): string {
  return typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string'
    ? query.text
    : '';
}

function rowsOf(answer: unknown): number | undefined {
  const last: unknown = Array.isArray(answer) ? answer.at(-1) : answer;
  const count = typeof last === 'object' && last !== null && 'rowCount' in last ? last.rowCount : undefined;
  return typeof count === 'number' ? count : undefined;
}

interface Events {
  once(name: string, listener: (error: unknown) => void): Events;
}

function isStream(result: unknown): result is Events {
  return typeof result === 'object' && result !== null && 'pipe' in result && 'once' in result;
}
