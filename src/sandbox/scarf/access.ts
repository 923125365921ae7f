import { header, parameter, type Exchange } from '../wire/exchange.ts';
import { emptyReply, jsonReply, Refusal } from '../wire/reply.ts';
import type { ScarfSettings } from './options.ts';

/** The kind of access that a route needs; all but reading requires Owner or Admin. */
export type AccessKind = 'read' | 'import' | 'raw-export' | 'aggregate-export';

/** Checks token, owner, role and plan; returns the owner in the account's own letter case. */
export type CheckAccess = (exchange: Exchange, access: AccessKind) => string;

/**
 * v2: the owner in any letter case (live probes, 2026-09-01). 401 for a bad token, 404 for an unknown
 * owner; the import family has no documented bodies, exports answer `{message, code}`.
 */
export function createAccessCheck(settings: ScarfSettings): CheckAccess {
  return (exchange, access) => {
    checkToken(exchange, settings.token);
    const asked = parameter(exchange, 'owner').toLowerCase();
    const owner = settings.owners.find((candidate) => candidate.toLowerCase() === asked);
    const isExport = access === 'raw-export' || access === 'aggregate-export';
    if (owner === undefined) {
      throw new Refusal(
        isExport ? jsonReply(404, { message: 'Not found', code: 'not-found' }) : emptyReply(404),
      );
    }
    if (access !== 'read' && settings.role === 'member') throw new Refusal(emptyReply(403));
    if (isExport && !planAllows(settings.plan, access)) {
      const message = 'Your plan does not include this export.';
      throw new Refusal(jsonReply(403, { message, code: 'not-a-pro-member' }));
    }
    return owner;
  };
}

export function checkToken(exchange: Exchange, token: string): void {
  const given = /^Bearer +(.+)$/i.exec(header(exchange, 'authorization') ?? '')?.[1];
  if (given !== token) throw new Refusal(emptyReply(401));
}

export function planAllows(plan: ScarfSettings['plan'], access: AccessKind): boolean {
  if (plan === 'premium' || plan === 'basic') return true;
  return plan === 'starter' && access === 'aggregate-export';
}
