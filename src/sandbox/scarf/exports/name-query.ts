import { RE2JS } from 're2js';
import type { Artifact } from '../options.ts';
import { refuseExport } from './window.ts';

/**
 * Compiles a name query: `*` for any text, `{a,b}` for either, a comma outside braces for or
 * (scarf-sh/scarf-skill, 2026-09-24). Throws a `Refusal` `invalid-package-query` for unbalanced braces.
 */
export function compileNameQuery(query: string): (artifact: Artifact) => boolean {
  let pattern = '';
  let depth = 0;
  for (const character of query) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0 || depth > 1) break;
    pattern += translate(character);
  }
  if (depth !== 0) throw refuseExport(400, 'invalid-package-query', `Not a name query: ${query}`);
  // RE2 runs in linear time; a backtracking engine could hang on a query with many stars.
  const expression = RE2JS.compile(`^(?:${pattern})$`);
  return ({ name, id }) => expression.test(name ?? id);
}

function translate(character: string): string {
  if (character === '*') return '.*';
  if (character === '{') return '(?:';
  if (character === '}') return ')';
  if (character === ',') return '|';
  return character.replace(/[.+?^$()|[\]\\/-]/g, '\\$&');
}
