/** Evaluates a script of the build, by the bytecode beside it where this Node.js can use that. */
import { channel } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** Where each script is told that was loaded; the build listens, to write its bytecode (`warm-up.js`). */
export const LOADED = 'scarf-cli:script-loaded';

/**
 * What the script exports. `moduleUrl`: the module in whose place it stands. `load`: imports from there; a script has no
 * `import()` of its own before Node.js 22. `version`: of the script's text, which V8 does not compare with its bytecode.
 */
export function loadScript({ name, version, moduleUrl, load }) {
  const filename = fileURLToPath(new URL(`${name}.script.js`, moduleUrl));
  const bytecode = fileURLToPath(new URL(bytecodeName(name, version), moduleUrl));
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: bytesOf(bytecode) });
  channel(LOADED).publish({ script, bytecode });
  const module = { exports: {} };
  script.runInThisContext()(module, createRequire(moduleUrl), moduleUrl, load);
  return module.exports;
}

/** V8 takes the bytecode of its own version alone, and is not asked about another. */
function bytecodeName(name, version) {
  return `${name}.${version}.${process.versions.v8}-${process.arch}.bytecode`;
}

function bytesOf(path) {
  try {
    return readFileSync(path);
  } catch {
    // Built by another version of Node.js: it is compiled anew, as every module is.
    return undefined;
  }
}
