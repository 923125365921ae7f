/** Modules that the build makes from `src/kernels`: the WebAssembly of each kernel. */
declare module '#kernels/*' {
  const wasm: Uint8Array<ArrayBuffer>;
  export default wasm;
}

/** The part of the WebAssembly interface used here; the Node 20 types leave it to the DOM types. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: unknown;
  }
}
