import type { CompiledModel } from '@noema/layers';
import { type Dim, GraphBuilder } from '@noema/onnx';

/** The graph of a model, to which operators with known shapes are appended. */
export class GraphWithShapes {
  readonly builder: GraphBuilder;
  readonly shapes: Map<string, readonly Dim[]>;

  constructor(model: CompiledModel) {
    this.builder = new GraphBuilder(model.graph);
    this.shapes = new Map(model.shapes);
  }

  /** Appends an operator and returns the tensor that it writes. */
  write(opType: string, inputs: readonly string[], shape: readonly Dim[], attributes = {}): string {
    const name = this.builder.op(opType, [...inputs], attributes);
    this.shapes.set(name, shape);
    return name;
  }
}
