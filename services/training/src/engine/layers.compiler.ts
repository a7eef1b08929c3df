import type { ModelInfo } from '../model/model.js';
import type { ModelCompiler } from '../model/model.ports.js';
import { inspectArtifact } from './model.compiling.js';

/** Compiles in the thread of the caller, for processes that serve nobody meanwhile. */
export class LayersCompiler implements Pick<ModelCompiler, 'inspect'> {
  inspect(artifact: unknown): Promise<ModelInfo> {
    return Promise.resolve().then(() => inspectArtifact(artifact));
  }
}
