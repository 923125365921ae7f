/**
 * Stands for `WebAssembly.Module` in what is bundled. The parser of HTTP (llhttp in undici 7) is one function of 34 KB, and
 * a few short replies have V8 compile it a second time, and better: 0.1 s of processor time and 30 MB (Node.js 20), which
 * nobody gets back from a parser that reads some hundred replies.
 */
import { setFlagsFromString } from 'node:v8';

/** For a module, V8 looks at the flag once, when it is made. */
const LATE = '--wasm-tiering-budget=2000000000';
/** What V8 has in Node.js 20. */
const USUAL = '--wasm-tiering-budget=1800000';

/** A module that stays as V8 compiled it at first. Throws as `WebAssembly.Module` does. */
export function LateModule(bytes) {
  setFlagsFromString(LATE);
  try {
    return new globalThis.WebAssembly.Module(bytes);
  } finally {
    setFlagsFromString(USUAL);
  }
}
