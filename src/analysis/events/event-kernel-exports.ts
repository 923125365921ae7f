/** What the kernel in `src/kernels/event-counts` exports, compiled once for all its uses. */
import wasm from '#kernels/event-counts';
import { Failure } from '../../failure.ts';

/** Addresses are offsets in its memory. */
export interface EventKernelExports extends Record<KernelAddress | KernelNumber, { readonly value: number }> {
  memory: { buffer: ArrayBuffer };
  begin(inputBytes: number, pages: number, idPages: number): number;
  describeTable(columns: number): void;
  findRows(skipped: number, length: number): number;
  takeCells(day: number, band: number): void;
  isFull(): number;
  areGroupsFull(): number;
  areTextsFull(): number;
  countRows(): void;
  countOrigins(): void;
  renumberCells(): void;
  clearGroups(): void;
  clearTexts(): void;
}

const ADDRESSES = [
  'input',
  'headerPrefixes',
  'fieldOf',
  'cellFrom',
  'cellTo',
  'groupRecords',
  'textFrom',
  'textTo',
  'domainFrom',
  'domainTo',
  'newCells',
  'daysSinceEpoch',
  'aliases',
  'textFields',
  'pairs',
  'newOrigins',
  'returningOrigins',
] as const;
export type KernelAddress = (typeof ADDRESSES)[number];
export type KernelNumber =
  | 'end'
  | 'events'
  | 'duplicates'
  | 'withoutId'
  | 'withoutTime'
  | 'groups'
  | 'originCount'
  | 'texts'
  | 'areIdsForgotten'
  | 'areOriginsForgotten'
  | 'GROUP_BYTES'
  | 'MAX_TEXTS'
  | 'OTHER'
  | 'PAIR_SLOTS'
  | 'MAX_COLUMNS';

let compiled: WebAssembly.Module | undefined;

/** Throws a Failure `local` where the processor has no SIMD. */
export function instantiate(): EventKernelExports {
  compiled ??= compile();
  return new WebAssembly.Instance(compiled).exports as EventKernelExports;
}

function compile(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(wasm);
  } catch (cause) {
    throw new Failure('local', 'events cannot be counted on this processor: WebAssembly has no SIMD', {
      cause,
    });
  }
}

/** Addresses by words of four bytes: all of them are multiples of sixteen. */
export function wordsOf(exports: EventKernelExports): Record<KernelAddress, number> {
  return Object.fromEntries(ADDRESSES.map((name) => [name, exports[name].value / 4])) as Record<
    KernelAddress,
    number
  >;
}
