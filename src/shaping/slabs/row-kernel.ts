/**
 * The kernel in `src/kernels/slabs` and the memory in which it works: rows are read, copied and compressed
 * without leaving it. One serves all inputs of a run, one call after the other, and the next run of the process behind it.
 */
import { constants, crc32, deflateRawSync } from 'node:zlib';
import wasm from '#kernels/slabs';
import { SharedBuffer } from '../../formats/reading/shared-buffer.ts';
import { copyShared } from './copy-shared.ts';
import type { RecordExports } from './record-exports.ts';

/** Bytes of input that the kernel sees at once: a slab, and a row that began before it. */
export const INPUT_BYTES = 2 * 1024 * 1024 + 65_536;
/** Rows grow when ids are added. */
const ARENA_BYTES = 4 * 1024 * 1024;
/** One is filled while the block before it awaits compression. */
const ARENAS = 2;
/** The kernel copies sixteen bytes at a time, so it may write more than it copies. */
const SLACK_BYTES = 64;

/** What the kernel exports; addresses are offsets in its memory. */
export interface KernelExports extends RecordExports {
  memory: { buffer: ArrayBuffer };
  reserve(inputBytes: number, arenaBytes: number): void;
  deflate(from: number, to: number): number;
  checksum(from: number, to: number, before: number): number;
  beginRules(oldBeforeMs: number, takesOld: boolean, futureFromMs: number): void;
  addProbe(key: number, length: number, demand: number): number;
  setProbeText(from: number, length: number): number;
  beginReshaping(any: boolean, keepsOthers: boolean): void;
  addKey(key: number, length: number, action: number, index: number): number;
  addOutput(from: number, keyLength: number, valueLength: number, index: number): number;
  setMember(from: number, length: number, idAt: number): number;
  setDigest(from: number): void;
  setPrefix(from: number): void;
  setMissingIds(missing: number): void;
  setOutput(at: number, bytes: number): void;
  limit(rows: number, bytes: number, rowBytes: number): void;
  view(from: number, to: number): void;
  copy(from: number, to: number, offset: number, digestHoldsUntil: number): void;
  input: Global;
  arena: Global;
  packed: Global;
  rows: Global;
  end: Global;
  outEnd: Global;
  withoutId: Global;
  filled: Global;
  timesFromNumber: Global;
  timesOfZone: Global;
  timesRewritten: Global;
  renamed: Global;
  dropped: Global;
  old: Global;
}

interface Global {
  readonly value: number;
}

/** Kernels kept for later runs. Each has 14 MB; creating them again makes V8 collect the whole heap every few runs. */
const MAX_IDLE = 4;

/** Bytes and the part of them that is copied. */
interface Part {
  bytes: Buffer;
  from: number;
  to: number;
}

let compiled: WebAssembly.Module | undefined;
/** Kernels that no run has. */
const idle: RowKernel[] = [];

/** The kernel's code. Another thread that takes it over need not compile it again. Throws without SIMD. */
export function compiledKernel(): WebAssembly.Module {
  return (compiled ??= new WebAssembly.Module(wasm));
}

/** Takes over the code of another thread. To be called before the first kernel is made. */
export function useCompiledKernel(module: WebAssembly.Module): void {
  compiled = module;
}

export class RowKernel {
  readonly exports: KernelExports;
  readonly #memory: Buffer;
  /** Free regions for copies of rows. */
  readonly #arenas: Buffer[];
  /** What the input is a copy of. */
  #loaded: Part | undefined;

  private constructor(exports: KernelExports) {
    this.exports = exports;
    exports.reserve(INPUT_BYTES, ARENAS * (ARENA_BYTES + SLACK_BYTES));
    this.#memory = Buffer.from(exports.memory.buffer);
    this.#arenas = Array.from({ length: ARENAS }, (_, index) => {
      const at = exports.arena.value + index * (ARENA_BYTES + SLACK_BYTES);
      return this.view(at, at + ARENA_BYTES);
    });
  }

  /**
   * A kernel that nobody else has, with the rules of an earlier run or none; undefined where WebAssembly SIMD is missing.
   * Whoever has done with it may give it back.
   */
  static take(): RowKernel | undefined {
    return idle.pop() ?? RowKernel.create();
  }

  static create(): RowKernel | undefined {
    try {
      const { exports } = new WebAssembly.Instance(compiledKernel());
      return new RowKernel(exports as KernelExports);
    } catch {
      // The same is done without it, more slowly.
      return undefined;
    }
  }

  /** Another run may have it, unless a copy of rows is still on its way. The caller tells it nothing any more. */
  giveBack(): void {
    this.#loaded = undefined;
    if (this.#arenas.length === ARENAS && idle.length < MAX_IDLE) idle.push(this);
  }

  /** The memory between two addresses. */
  view(from: number, to: number): Buffer {
    return this.#memory.subarray(from, to);
  }

  /** The address of bytes in this memory; undefined when they are elsewhere. */
  addressOf(bytes: Uint8Array): number | undefined {
    return bytes.buffer === this.#memory.buffer ? bytes.byteOffset : undefined;
  }

  /** Copies bytes, one part behind the other, to where rows are read. They may have up to `INPUT_BYTES`. */
  load(parts: readonly Uint8Array[]): Buffer {
    this.#loaded = undefined;
    let at = this.exports.input.value;
    for (const part of parts) {
      copyShared(part, this.#memory, at);
      at += part.length;
    }
    return this.view(this.exports.input.value, at);
  }

  /**
   * Where `bytes[from]` stands in this memory, and where the bytes end that are there: `to`, or earlier when
   * they are too many. Copies them unless they are there.
   */
  place({ bytes, from, to }: Part): { at: number; end: number } {
    const inPlace = this.addressOf(bytes);
    if (inPlace !== undefined) return { at: inPlace + from, end: inPlace + to };
    let loaded = this.#loaded;
    const isThere = loaded?.bytes === bytes && from >= loaded.from && from < loaded.to;
    // Lines that do not fit are loaded after the rows before them.
    if (loaded === undefined || !isThere || (loaded.to !== to && from >= loaded.from + INPUT_BYTES / 2)) {
      loaded = { bytes, from, to: Math.min(to, from + INPUT_BYTES) };
      copyShared(bytes.subarray(from, loaded.to), this.#memory, this.exports.input.value);
      this.#loaded = loaded;
    }
    const shift = this.exports.input.value - loaded.from;
    return { at: from + shift, end: loaded.to + shift };
  }

  /** Puts bytes where they stay until something is compressed, and returns their address. */
  lend(bytes: Uint8Array): number {
    this.#memory.set(bytes, this.exports.packed.value);
    return this.exports.packed.value;
  }

  /** A region for copies of rows, if one is free and large enough. */
  takeArena(minBytes: number): SharedBuffer | undefined {
    if (minBytes > ARENA_BYTES) return undefined;
    const region = this.#arenas.pop();
    return region && new SharedBuffer(region, () => this.#arenas.push(region));
  }

  /** The CRC-32 of bytes behind others with the checksum `before`: three times as fast as zlib, in this memory. */
  checksum(bytes: Uint8Array, before = 0): number {
    const at = this.addressOf(bytes);
    if (at === undefined) return crc32(bytes, before);
    return this.exports.checksum(at, at + bytes.length, before) >>> 0;
  }

  /** Raw deflate that ends in a sync flush, valid until the next call. */
  deflate(bytes: Uint8Array): Uint8Array {
    const at = this.addressOf(bytes);
    if (at === undefined) return deflateRawSync(bytes, { level: 1, finishFlush: constants.Z_SYNC_FLUSH });
    const { packed } = this.exports;
    return this.view(packed.value, packed.value + this.exports.deflate(at, at + bytes.length));
  }
}
