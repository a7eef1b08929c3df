import { ENCODERS } from '../encoders/encoder.registry.js';
import type { EncoderSpec, Manifest } from '../manifest/manifest.js';
import { makeHead, type Scale } from './head.js';
import { type Layer, layer, type Network } from './network.js';
import { proposeSegmentation } from './propose-segmentation.js';
import { proposeTagger } from './propose-tagger.js';
import { proposeText } from './propose-text.js';

const relu = { activation: 'relu' };
/** Sides of a picture, and lengths of a series, from which they are halved once more. */
const MIN_HALVED = 12;
const MAX_FILTERS = 128;

/**
 * A small network for the samples of a manifest, to begin with: dense layers for columns, convolutions for
 * pictures and series, a mean and a maximum over words and tokens, convolutions over words for a tag of each, an
 * encoder and a decoder for masks, a grid of cells for boxes, as the loss `yolo` takes it. `vocabularySize` counts the
 * indexes of a vocabulary or tokenizer next to the manifest.
 * An output of numbers is scaled by `scale`, so that training begins near them.
 * `undefined` without a ground truth, with several inputs or ground truths, with a single class, and for other shapes.
 */
export function proposeNetwork(
  manifest: Manifest,
  vocabularySize: (file: string) => number,
  scale?: Scale,
): Network | undefined {
  const inputs = Object.entries(manifest.inputs);
  const truths = Object.entries(manifest.ground_truths);
  if (inputs.length !== 1 || truths.length !== 1) return undefined;
  const [[name, spec], [truth, target]] = [inputs[0]!, truths[0]!];
  const dims = findDims(spec);
  if (target.encoder === 'mask' && dims?.length === 3)
    return proposeSegmentation({ name, dims }, { name: outputName(truth, name), dims: findDims(target)! });
  const file = spec['vocabulary'] ?? spec['tokenizer'];
  if (target.encoder === 'tags')
    return dims?.length === 1 && typeof file === 'string'
      ? proposeTagger(
          { name, dims },
          { name: outputName(truth, name), dims: findDims(target)! },
          vocabularySize(file),
        )
      : undefined;
  if (target.encoder === 'boxes')
    return dims?.length === 3 ? detector({ name, truth, dims, classes: countClasses(target) }) : undefined;
  const [units, ...others] = target.encoder === 'mask' ? [] : (findDims(target) ?? []);
  if (dims === undefined || units === undefined || others.length > 0) return undefined;
  // A share of one class is 1 whatever the network computes.
  if (target.encoder === 'classes' && units < 2) return undefined;
  const head = makeHead({ output: outputName(truth, name), units, target, scale });
  if (typeof file === 'string') return proposeText({ name, length: dims[0]! }, vocabularySize(file), head);
  const body = makeBody(dims);
  if (body === undefined) return undefined;
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'proposed',
      layers: [layer('InputLayer', name, { batch_input_shape: [null, ...dims] }), ...body, ...head],
    },
  };
}

/** Convolutions over the cells of a grid, each with one box: x, y, width, height, objectness, classes. */
function detector({
  name,
  truth,
  dims,
  classes,
}: {
  readonly name: string;
  readonly truth: string;
  readonly dims: readonly number[];
  readonly classes: number;
}): Network {
  const output = outputName(truth, name);
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'proposed',
      layers: [
        layer('InputLayer', name, { batch_input_shape: [null, ...dims] }),
        ...convolutions('2D', dims.slice(0, 2)),
        layer('Conv2D', output, { filters: 5 + classes, kernel_size: 1 }),
      ],
    },
  };
}

const countClasses = (spec: EncoderSpec): number =>
  ENCODERS.get(spec.encoder).classNames!(spec as never).length;

const outputName = (truth: string, input: string): string => (truth === input ? `${truth}_output` : truth);

const findDims = (spec: EncoderSpec): readonly number[] | undefined =>
  ENCODERS.get(spec.encoder).dims?.(spec as never);

function makeBody(dims: readonly number[]): Layer[] | undefined {
  if (dims.length === 1) return dense();
  const flat = [layer('Flatten', 'flatten'), layer('Dense', 'dense', { units: 64, ...relu })];
  if (dims.length === 2) return [...convolutions('1D', [dims[0]!]), ...flat];
  return dims.length === 3 ? [...convolutions('2D', dims.slice(0, 2)), ...flat] : undefined;
}

const dense = (): Layer[] => [
  layer('Dense', 'dense1', { units: 64, ...relu }),
  layer('Dense', 'dense2', { units: 32, ...relu }),
];

/** Blocks of a convolution and a pooling, until the shortest side is short. */
function convolutions(rank: '1D' | '2D', sides: readonly number[]): Layer[] {
  const kernel = rank === '1D' ? 5 : 3;
  const layers: Layer[] = [];
  let shortest = Math.min(...sides);
  for (let block = 1; ; block++) {
    const filters = Math.min(MAX_FILTERS, 16 * 2 ** (block - 1));
    layers.push(
      layer(`Conv${rank}`, `conv${block}`, { filters, kernel_size: kernel, padding: 'same', ...relu }),
    );
    if (shortest < MIN_HALVED) break;
    layers.push(layer(`MaxPooling${rank}`, `pool${block}`, { pool_size: 2 }));
    shortest = Math.floor(shortest / 2);
  }
  return layers;
}
