/**
 * Rejected rows as a Code Quality report, which GitLab shows next to the lines ("GitLab docs, Code Quality",
 * 2026-11).
 */
import { createHash } from 'node:crypto';
import { findingsOf, type CiDocument } from './document.ts';

/** How every such report begins, in all versions. */
export const GITLAB_PREFIX = /^\[\]|^\[\{"check_name":"scarf-cli\//;

/** A JSON array of findings. The fingerprint of a row is the same in every run. */
export function codeQuality(document: CiDocument): string {
  const rows = findingsOf(document).map(({ path, line, reason, message }) => ({
    check_name: `scarf-cli/${reason}`,
    description: message,
    fingerprint: fingerprintOf(path, line, reason),
    severity: 'major',
    location: { path, lines: { begin: line } },
  }));
  const failures = document.errors.map(({ kind, message }) => ({
    check_name: `scarf-cli/${kind}`,
    description: message,
    fingerprint: fingerprintOf(document.command, kind),
    severity: 'blocker',
    location: { path: document.inputs?.[0]?.path ?? '.', lines: { begin: 1 } },
  }));
  return `${JSON.stringify([...failures, ...rows])}\n`;
}

function fingerprintOf(...parts: readonly (string | number)[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}
