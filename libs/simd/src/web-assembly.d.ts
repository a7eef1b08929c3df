/**
 * The part of the WebAssembly API that this package uses. The types of Node 20 have no such API, and the DOM
 * types would add the whole browser API.
 */
declare namespace WebAssembly {
  class Memory<T extends ArrayBufferLike = ArrayBufferLike> {
    constructor(descriptor: {
      readonly initial: number;
      readonly maximum: number;
      readonly shared: T extends SharedArrayBuffer ? true : false;
    });
    readonly buffer: T;
    grow(pages: number): number;
  }
  class Module {
    constructor(bytes: Uint8Array);
  }
  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: object } });
    readonly exports: unknown;
  }
}
