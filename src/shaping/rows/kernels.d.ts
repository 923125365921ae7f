/** What the build makes of `src/kernels`: each kernel's WebAssembly, in a module. */
declare module '#kernels/*' {
  const wasm: Uint8Array<ArrayBuffer>;
  export default wasm;
}

/** As much of the WebAssembly interface as is used here; the types of Node 20 leave it to those of browsers. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  class Instance {
    constructor(module: Module);
    readonly exports: unknown;
  }
}
