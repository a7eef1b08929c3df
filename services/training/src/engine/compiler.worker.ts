import { serveTasks } from '@noema/threads';
import type { RunSettings } from '../run/run.js';
import { inspectArtifact, inspectLayers, inspectOutputs, planRun } from './model.compiling.js';

serveTasks({
  inspectLayers: (topology: unknown) => inspectLayers(topology),
  inspect: (artifact: unknown) => inspectArtifact(artifact),
  outputsOf: (artifact: unknown) => inspectOutputs(artifact),
  plan: ({ artifact, settings }: { readonly artifact: unknown; readonly settings: RunSettings }) =>
    planRun(artifact, settings),
});
