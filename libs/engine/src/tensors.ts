import type { TensorData } from '@noema/onnx';

/** Tensors by the names that a program gives its inputs or outputs. */
export type Tensors = Readonly<Record<string, TensorData>>;
