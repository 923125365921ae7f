/**
 * Stands for `WebAssembly.Module` in what is bundled. The parser of HTTP (llhttp in undici 7) is one function of 34 KB. V8
 * compiles it a second time, and better, when it has been executed for a while: 0.1 s of processor time and 30 MB (Node.js
 * 20), which nobody gets back from a parser that reads some thousand replies.
 */
import { setFlagsFromString } from 'node:v8';

/**
 * Up to Node.js 22, V8 looks at these once for a module, when it is made. All functions are compiled at once then, and never
 * again; without counters for that they are twice as fast as with them. Later versions look at each function, also at those
 * that another thread compiles meanwhile.
 */
const NEVER = ['--no-wasm-dynamic-tiering', '--no-wasm-tier-up', '--no-wasm-lazy-compilation'];
/** Every version looks at this once for a module. It puts the second time off, in Node.js 20 by some 5,000 replies. */
const LATE = ['--wasm-tiering-budget=2000000000'];
/** What V8 has in Node.js 20. */
const USUAL = [
  '--wasm-dynamic-tiering',
  '--wasm-tier-up',
  '--wasm-lazy-compilation',
  '--wasm-tiering-budget=1800000',
];
const LAST_MAJOR_OF_NEVER = 22;

/** A module that stays as V8 compiled it at first. Throws as `WebAssembly.Module` does. */
export function LateModule(bytes) {
  const [major = ''] = process.versions.node.split('.');
  setFlags(Number(major) <= LAST_MAJOR_OF_NEVER ? NEVER : LATE);
  try {
    return new globalThis.WebAssembly.Module(bytes);
  } finally {
    setFlags(USUAL);
  }
}

function setFlags(flags) {
  for (const flag of flags) setFlagsFromString(flag);
}
