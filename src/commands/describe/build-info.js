/** Notes at build time which commit the program is made from, for `scarf-cli --version --json`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

/** The commit that is checked out; null where there is no Git or no repository. */
function currentCommit() {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}

mkdirSync('dist', { recursive: true });
writeFileSync('dist/build.json', `${JSON.stringify({ commit: currentCommit() })}\n`);
