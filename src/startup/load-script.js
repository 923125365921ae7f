/** Evaluates a script of the build, by the bytecode beside it where this Node.js can use that. */
import { channel } from 'node:diagnostics_channel';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
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
  const text = read(filename).latin1Slice();
  const script = new Script(text, { filename, cachedData: bytesIfThere(bytecode) });
  channel(LOADED).publish({ script, bytecode });
  const module = { exports: {} };
  script.runInThisContext()(module, createRequire(moduleUrl), moduleUrl, load);
  return module.exports;
}

/** V8 takes the bytecode of its own version alone, and is not asked about another. */
function bytecodeName(name, version) {
  return `${name}.${version}.${process.versions.v8}-${process.arch}.bytecode`;
}

function bytesIfThere(path) {
  try {
    return read(path);
  } catch {
    // Built by another version of Node.js: it is compiled anew, as every module is.
    return undefined;
  }
}

/**
 * The bytes of a file that does not change. They are in pages of their own, as resizable memory is: glibc takes the largest
 * block that was ever freed for a size to keep, and four threads of V8 would hold twice as much each, to the end.
 */
function read(path) {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.from(new ArrayBuffer(size, { maxByteLength: size }));
    for (let length = 0; length < size;) {
      const count = readSync(file, bytes, length, size - length, null);
      if (count === 0) throw new Error(`${path} ends early`);
      length += read;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}
