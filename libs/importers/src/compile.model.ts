import { type CompiledModel, compileLayers, type CompileMode } from '@noema/layers';
import { compileGraph, isGraphArtifact } from './onnx/graph.model.js';

/**
 * Compiles a stored topology of any kind: layers as `compileLayers` takes them, or the graph of an imported
 * file. Throws as `compileLayers`.
 */
export function compileModel(topology: unknown, { mode }: { readonly mode: CompileMode }): CompiledModel {
  const read: unknown = typeof topology === 'string' ? JSON.parse(topology) : topology;
  return isGraphArtifact(read) ? compileGraph(read) : compileLayers(read, { mode });
}
