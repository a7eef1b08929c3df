import { readMatrix, writeMatrix } from '@noema/artifacts';
import { Engine, initialWeights } from '@noema/engine';
import type { ArtifactRef } from '@noema/kernel';
import { type CompiledModel, compileLayers } from '@noema/layers';
import { float } from '@noema/onnx';
import { afterAll, expect, it } from 'vitest';
import { AnalysisExecutor } from '../analysis/analysis.executor.js';
import type { Analysis, AnalysisContents } from '../analysis/analysis.js';
import { LayersModel } from './layers.model.js';

const engine = Engine.start({ threads: 1 });
afterAll(() => engine.close());

const layer = (className: string, name: string, config: object) => ({
  class_name: className,
  config: { name, ...config },
});
const compiled = compileLayers(
  {
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [
        layer('InputLayer', 'x', { batch_input_shape: [null, 6, 6, 1] }),
        layer('Conv2D', 'conv', { filters: 3, kernel_size: 3, activation: 'relu' }),
        layer('Flatten', 'flatten', {}),
        layer('Dense', 'dense', { units: 5, activation: 'tanh' }),
        layer('Dense', 'out', { units: 2, activation: 'softmax' }),
      ],
    },
  },
  { mode: 'inference' },
);
/** The same model with an operator in it that has no gradient rule, as an imported graph may have. */
const strange: CompiledModel = {
  ...compiled,
  graph: {
    ...compiled.graph,
    nodes: compiled.graph.nodes.map((node) =>
      node.opType === 'Tanh'
        ? { ...node, opType: 'QuickGelu', domain: 'com.microsoft', attributes: { alpha: float(1) } }
        : node,
    ),
  },
};

const ref: ArtifactRef = { uri: 'x', sha256: '', sizeBytes: 0, mediaType: '' };
async function explained(model: CompiledModel, algorithms: readonly string[]): Promise<AnalysisContents> {
  const image = Float32Array.from({ length: 36 }, (_, i) => ((i * 7) % 11) / 11);
  const inputs = readMatrix(writeMatrix([{ name: 'x', data: image, rows: 1, dims: [6, 6, 1] }]));
  const truths = readMatrix(writeMatrix([{ name: 'out', data: Float32Array.of(0, 1), rows: 1, dims: [2] }]));
  const open = new LayersModel(engine, model, initialWeights(model, 3), {
    losses: [{ loss: 'categorical_crossentropy' }],
    read: ({ uri }) => Promise.resolve(uri === 'truths' ? truths : inputs),
  });
  const analysis = {
    id: 'a',
    settings: { classes: [], allClasses: true, algorithms, layer: 'conv', unitsPerLayer: 2 },
    source: {
      projectId: 'p',
      runId: 'r',
      epoch: 1,
      classNames: ['no', 'yes'],
      sample: {
        split: 'train',
        sampleId: 's',
        row: 0,
        shardRow: 0,
        inputs: ref,
        groundTruths: { ...ref, uri: 'truths' },
      },
    },
  } as unknown as Analysis;
  const found: { contents?: AnalysisContents } = {};
  const service = new AnalysisExecutor(
    { run: (_, work) => work() },
    {
      find: () => Promise.resolve(analysis),
      finish: (_: string, contents: AnalysisContents) => {
        found.contents = contents;
        return Promise.resolve();
      },
    } as never,
    { open: () => Promise.resolve(open) },
    {
      readUnits: () =>
        Promise.resolve(
          new Map([['conv', { mean: Float64Array.of(0, 0, 0), deviation: Float64Array.of(1, 1e-3, 1) }]]),
        ),
    },
    {
      writeValues: () => Promise.resolve(ref),
      writePicture: () => Promise.resolve(ref),
      writeFeatureMaps: () => Promise.resolve(ref),
    } as never,
    { ready: () => Promise.resolve() },
  );
  const control = { signal: new AbortController().signal, progress: () => undefined };
  await (
    await service.publish('t', 'a', [await service.explain('t', 'a', { index: 0, of: 1 }, control)], control)
  ).commit();
  return found.contents!;
}

it('a model without gradients is explained by occlusion and RISE, and the result reports that and why', async () => {
  const { heatMaps, fallbacks, layers } = await explained(strange, [
    'grad-cam',
    'integrated-gradients',
    'loss-gradient',
  ]);
  expect(heatMaps.map(({ id }) => id)).toEqual(['occlusion-0', 'occlusion-1', 'rise-0', 'rise-1']);
  expect(fallbacks!.map(({ asked, used }) => [asked, used])).toEqual([
    ['grad-cam', ['occlusion', 'rise']],
    ['integrated-gradients', ['occlusion', 'rise']],
    ['loss-gradient', []],
  ]);
  fallbacks!.forEach(({ reason }) => {
    expect(reason).toMatch(/operator com.microsoft::QuickGelu .* has no gradient/);
  });
  // Its units are ranked by how unusual their response is.
  expect(layers[0]!.units[0]).toMatchObject({ unit: 1, contribution: 0, lossContribution: 0 });
  expect(layers[0]!.units[0]!.standardResponse).toBeGreaterThan(
    Math.abs(layers[0]!.units[1]!.standardResponse),
  );
});

it('a model with gradients needs no other algorithm than the requested ones', async () => {
  const { heatMaps, fallbacks, layers } = await explained(compiled, ['grad-cam', 'occlusion']);
  expect(heatMaps.map(({ id }) => id)).toEqual(['grad-cam-0', 'grad-cam-1', 'occlusion-0', 'occlusion-1']);
  expect(fallbacks).toBeUndefined();
  expect(layers[0]!.units[0]!.contribution).not.toBe(0);
});
