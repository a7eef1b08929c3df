import { createHash } from 'node:crypto';
import { decodeModel, encodeModel, type Graph, type OutputInfo, type ValueInfo } from '@noema/onnx';

/** A program that an engine can run: the bytes of an ONNX model, once, in memory that all workers share. */
export class Program {
  private constructor(
    /** SHA-256 of the bytes, the key of cached sessions. */
    readonly sha256: string,
    readonly bytes: SharedArrayBuffer,
    readonly inputs: readonly ValueInfo[],
    readonly outputs: readonly OutputInfo[],
    /**
     * True if its tensors are so large that each is freed after its last use, instead of reused for the next
     * run.
     */
    readonly isLarge: boolean,
  ) {}

  /** Creates a program from one of our graphs. */
  static of(graph: Graph, { isLarge = false }: { readonly isLarge?: boolean } = {}): Program {
    return Program.share(encodeModel(graph), graph, isLarge);
  }

  /** Creates a program from foreign bytes. Throws as `decodeModel`: not a model, too large, external data. */
  static decode(bytes: Uint8Array): Program {
    return Program.share(bytes, decodeModel(bytes), false);
  }

  private static share(bytes: Uint8Array, { inputs, outputs }: Graph, isLarge: boolean): Program {
    const shared = new SharedArrayBuffer(bytes.byteLength);
    new Uint8Array(shared).set(bytes);
    return new Program(createHash('sha256').update(bytes).digest('hex'), shared, inputs, outputs, isLarge);
  }
}
