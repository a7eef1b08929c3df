import type { GraphNode } from '../graph-def.js';
import type { GraphWriter } from '../graph.writer.js';
import type { Value } from '../value.js';

/** Writes the operators of one kind of node; several values for a node with several outputs. */
export type Translate = (
  node: GraphNode,
  inputs: readonly Value[],
  write: GraphWriter,
) => Value | readonly Value[];

/** Nodes of one family, by their names in TensorFlow. */
export type OperatorTable = Readonly<Record<string, Translate>>;
