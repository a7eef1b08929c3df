import type { Adaptation } from '@noema/importers';
import { serveTasks } from '@noema/threads';
import type { RunSettings } from '../run/run.js';
import type { ModelExport } from '../model/model-card.js';
import { exportModel, inspectLimits, inspectWeights } from './model.inspection.js';
import { adaptModel, compileTopology, inspectArtifact, inspectOutputs, planRun } from './model.compiling.js';

const parse = (json: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(json));

serveTasks({
  compile: (topology: Uint8Array) => compileTopology(parse(topology)),
  inspect: (artifact: Uint8Array) => {
    const { artifact: _, ...info } = inspectArtifact(parse(artifact));
    return info;
  },
  limits: (artifact: Uint8Array) => inspectLimits(parse(artifact)),
  exportFile: ({
    artifact,
    weights,
    ...format
  }: ModelExport & { readonly artifact: Uint8Array; readonly weights: Float32Array }) =>
    exportModel(parse(artifact), weights, format),
  weightStatistics: ({
    artifact,
    weights,
  }: {
    readonly artifact: Uint8Array;
    readonly weights: Float32Array;
  }) => inspectWeights(parse(artifact), weights),
  inspectOutputs: (artifact: Uint8Array) => inspectOutputs(parse(artifact)),
  plan: ({ artifact, settings }: { readonly artifact: Uint8Array; readonly settings: RunSettings }) =>
    planRun(parse(artifact), settings),
  adapt: ({
    artifact,
    ...change
  }: {
    readonly artifact: Uint8Array;
    readonly adaptation: Adaptation;
    readonly seed: number;
  }) => adaptModel(parse(artifact), change),
});
