import { createHash } from 'node:crypto';
import type { RunMemory } from './programs/activation.memory.js';
import { decodeModel, encodeModel, type Graph, type OutputInfo, type ValueInfo } from '@noema/onnx';

const UNKNOWN_MEMORY: RunMemory = { isLarge: false, keptBytes: 0 };

/** A program that an engine can run: the bytes of an ONNX model, once, in memory that all workers share. */
export class Program {
  private constructor(
    /** SHA-256 of the bytes, the key of cached sessions. */
    readonly sha256: string,
    readonly bytes: SharedArrayBuffer,
    readonly inputs: readonly ValueInfo[],
    readonly outputs: readonly OutputInfo[],
    /** Memory of its runs. Where tensors are large, each is freed after its last use. */
    readonly memory: RunMemory,
  ) {}

  /** Creates a program from one of our graphs. */
  static of(graph: Graph, memory: RunMemory = UNKNOWN_MEMORY): Program {
    return Program.share(encodeModel(graph), graph, memory);
  }

  /** Creates a program from foreign bytes. Throws as `decodeModel`: not a model, too large, external data. */
  static decode(bytes: Uint8Array): Program {
    return Program.share(bytes, decodeModel(bytes), UNKNOWN_MEMORY);
  }

  private static share(bytes: Uint8Array, { inputs, outputs }: Graph, memory: RunMemory): Program {
    const shared = new SharedArrayBuffer(bytes.byteLength);
    new Uint8Array(shared).set(bytes);
    return new Program(createHash('sha256').update(bytes).digest('hex'), shared, inputs, outputs, memory);
  }
}
