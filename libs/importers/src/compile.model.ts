import { DomainError } from '@noema/kernel';
import { type CompiledModel, compileLayers, type CompileOptions, withFrozenLayers } from '@noema/layers';
import { readAdaptations } from './adaptation/adaptation.js';
import { adaptedModel } from './adaptation/adapted.model.js';
import { compileGraph, isGraphArtifact } from './onnx/graph.model.js';
import { preprocessedModel } from './preprocessing/preprocessed.model.js';
import type { InputPreprocessing } from './preprocessing/preprocessing.js';
import { readVocabularies, withVocabularies } from './vocabularies/stated.vocabulary.js';

/**
 * Compiles a stored topology of any kind: layers as `compileLayers` takes them, or the graph of an imported
 * file. Throws as `compileLayers`, and `unsupported` MODEL_HAS_NO_GRAPH for a model of which a client recorded
 * what it says, and not the graph.
 */
export function compileModel(topology: unknown, options: CompileOptions): CompiledModel {
  const read: unknown = typeof topology === 'string' ? JSON.parse(topology) : topology;
  if (isRecorded(read)) throw modelHasNoGraph();
  const model = isGraphArtifact(read) ? compileGraph(read) : compileLayers(read, options);
  const adapted = adaptedModel(model, readAdaptations(read));
  const preprocessed = preprocessedModel(
    withFrozenLayers(adapted, options.frozen ?? []),
    readPreprocessing(read),
  );
  return withVocabularies(preprocessed, readVocabularies(read));
}

/** Reads the preprocessing that the topology of a version states, which was checked at the import. */
export const readPreprocessing = (topology: unknown): readonly InputPreprocessing[] =>
  (topology as { readonly preprocessing?: readonly InputPreprocessing[] } | null)?.preprocessing ?? [];

const isRecorded = (topology: unknown): boolean =>
  typeof topology === 'object' &&
  topology !== null &&
  (topology as { readonly format?: unknown }).format === 'recorded';

const modelHasNoGraph = (): DomainError =>
  new DomainError(
    'unsupported',
    'MODEL_HAS_NO_GRAPH',
    'this model was trained outside of the platform, and what it says of its samples was recorded without its ' +
      'graph, as its epoch says; choose an epoch with a graph, or import the model as an ONNX file to compute ' +
      'heat maps, responses of other data or further epochs',
  );
