import type { Exchange } from './exchange.ts';
import type { Reply } from './reply.ts';

export type Vendor = 'scarf' | 'sumatra' | 'moesif' | 'loginsight';

/** `sandbox` owns the sandbox's own routes, to which no fault applies. */
export type RouteOwner = Vendor | 'sandbox';

export interface Route {
  owner: RouteOwner;
  /** The name of the route in faults and the request log: `import`, `list`, `ingest`. */
  name: string;
  method: string;
  /** A path whose segments are literal or, with a leading colon, parameters: `/v2/:owner/import`. */
  path: string;
  handle: (exchange: Exchange) => Reply | Promise<Reply>;
}

export type Match =
  | { kind: 'route'; route: Route; parameters: Record<string, string> }
  | { kind: 'other-method'; owner: RouteOwner }
  | { kind: 'none' };

interface Candidate {
  route: Route;
  segments: string[];
  parameters: Record<string, string>;
}

function matchSegments(pattern: string[], actual: string[]): Record<string, string> | undefined {
  if (pattern.length !== actual.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = actual[index] ?? '';
    if (!expected.startsWith(':')) {
      if (expected !== segment) return undefined;
      continue;
    }
    const value = decodeSegment(segment);
    if (value === undefined || value === '') return undefined;
    parameters[expected.slice(1)] = value;
  }
  return parameters;
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

/** Where two patterns first differ in the kind of a segment, the literal one wins. */
function moreLiteralFirst(left: Candidate, right: Candidate): number {
  for (const [index, segment] of left.segments.entries()) {
    const leftIsParameter = segment.startsWith(':') ? 1 : 0;
    const rightIsParameter = (right.segments[index] ?? '').startsWith(':') ? 1 : 0;
    if (leftIsParameter !== rightIsParameter) return leftIsParameter - rightIsParameter;
  }
  return 0;
}

/**
 * Finds the route for a method and an undecoded path. Segments are split before they are decoded, as in
 * Scarf's framework, so a name may contain `%2F` (scarf-sh/tie, 2024-10-28).
 */
export function createRouter(routes: Route[]): (method: string, path: string) => Match {
  const compiled = routes.map((route) => ({ route, segments: route.path.split('/') }));
  return (method, path) => {
    const actual = path.split('/');
    const candidates: Candidate[] = [];
    for (const { route, segments } of compiled) {
      const parameters = matchSegments(segments, actual);
      if (parameters !== undefined) candidates.push({ route, segments, parameters });
    }
    candidates.sort(moreLiteralFirst);
    const found = candidates.find(({ route }) => route.method === method);
    if (found !== undefined) return { kind: 'route', route: found.route, parameters: found.parameters };
    const other = candidates[0];
    return other === undefined ? { kind: 'none' } : { kind: 'other-method', owner: other.route.owner };
  };
}
