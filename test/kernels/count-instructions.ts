/**
 * Kernels that count the instructions of WebAssembly they execute: the same number on every machine, whatever else it
 * does, and whatever V8 makes of them. Copies and fills of memory count as one.
 */
import { readFileSync } from 'node:fs';
import binaryen from 'assemblyscript/binaryen';

/** The additional export of a counting kernel. */
export interface Counting {
  instructions: { value: bigint };
}

const COUNTER = '$instructions';
const FUNCTION = /^ \(func /;
/** Instructions after which control may go elsewhere: a new stretch begins after each. */
const ENDS = new Set(['br', 'br_if', 'br_table', 'if', 'else', 'end', 'loop', 'return', 'unreachable']);
/** Structural markers, which are not executed. */
const MARKS = new Set(['block', 'else', 'end', 'loop']);

/** The kernel that the build has put into `dist/kernels`, with a counter at the beginning of each stretch without branches. */
export function countingKernel(name: string): WebAssembly.Module {
  const path = new URL(`../../dist/kernels/${name}.wasm`, import.meta.url);
  const built = binaryen.readBinary(readFileSync(path));
  const counting = binaryen.parseText(withCounters(built.emitStackIR()));
  counting.setFeatures(binaryen.Features.All);
  const bytes = new Uint8Array(counting.emitBinary());
  built.dispose();
  counting.dispose();
  return new WebAssembly.Module(bytes);
}

/** The text of a module, an instruction a line, with counters. */
function withCounters(text: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => FUNCTION.test(line));
  const counter = ` (global ${COUNTER} (export "instructions") (mut i64) (i64.const 0))`;
  return [...lines.slice(0, first), counter, ...countedLines(lines.slice(first))].join('\n');
}

function countedLines(lines: readonly string[]): string[] {
  const counted: string[] = [];
  let stretch: string[] = [];
  let count = 0;
  const endStretch = (): void => {
    if (count > 0) counted.push(...counterOf(count));
    counted.push(...stretch);
    stretch = [];
    count = 0;
  };
  for (const line of lines) {
    const [word = ''] = line.trim().split(' ', 1);
    const isInstruction = /^[a-z]/.test(word);
    if (!isInstruction) {
      endStretch();
      counted.push(line);
      continue;
    }
    stretch.push(line);
    if (!MARKS.has(word)) count++;
    if (ENDS.has(word)) endStretch();
  }
  endStretch();
  return counted;
}

function counterOf(count: number): string[] {
  return [`global.get ${COUNTER}`, `i64.const ${count}`, 'i64.add', `global.set ${COUNTER}`];
}
