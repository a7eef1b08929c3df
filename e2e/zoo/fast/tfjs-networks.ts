import { input, layers as l, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import type { FormulaData } from './formula-data.js';

type Layer = LayersModel['layers'][number];

const apply = (layer: Layer, ...x: SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x.length === 1 ? x[0]! : x) as SymbolicTensor;
const through = (x: SymbolicTensor, ...stack: Layer[]): SymbolicTensor =>
  stack.reduce((at, layer) => apply(layer, at), x);
const opened = ({ inputs }: FormulaData): SymbolicTensor[] =>
  Object.entries(inputs).map(([name, { dims }]) => input({ shape: [...dims], name }));

/** The output of a task, under the name of its ground truth; without one, four classes of somebody else's. */
function head({ truths }: FormulaData, x: SymbolicTensor): SymbolicTensor {
  const [[name, truth] = ['foreign', undefined]] = Object.entries(truths);
  if (truth === undefined) return apply(l.dense({ units: 4, activation: 'softmax', name }), x);
  return truth.classes === null
    ? apply(l.dense({ units: truth.dims.at(-1)!, name }), x)
    : apply(l.dense({ units: truth.classes.length, activation: 'softmax', name }), x);
}

const chain =
  (...stack: (() => Layer)[]) =>
  (data: FormulaData): LayersModel => {
    const inputs = opened(data);
    return model({ inputs, outputs: head(data, through(inputs[0]!, ...stack.map((make) => make()))) });
  };

/** Every network of the fast part, as TF.js builds it; a further one is one more entry. */
export const TFJS_NETWORKS: Readonly<Record<string, (data: FormulaData) => LayersModel>> = {
  dense: chain(
    () => l.dense({ units: 16, activation: 'relu', name: 'dense1' }),
    () => l.dense({ units: 8, activation: 'tanh', name: 'dense2' }),
  ),
  cnn: chain(
    () => l.conv2d({ filters: 6, kernelSize: 3, activation: 'relu', name: 'conv1' }),
    () => l.maxPooling2d({ poolSize: 2, name: 'pool' }),
    () => l.flatten({ name: 'flatten' }),
    () => l.dense({ units: 12, activation: 'relu', name: 'dense' }),
  ),
  depthwise: chain(
    () => l.separableConv2d({ filters: 8, kernelSize: 3, activation: 'relu', name: 'separable' }),
    () => l.depthwiseConv2d({ kernelSize: 3, activation: 'relu', name: 'depthwise' }),
    () => l.globalAveragePooling2d({ name: 'pool' }),
  ),
  'embedding-cnn': chain(
    () => l.embedding({ inputDim: 16, outputDim: 6, name: 'embedding' }),
    () => l.conv1d({ filters: 10, kernelSize: 3, activation: 'relu', name: 'conv' }),
    () => l.globalAveragePooling1d({ name: 'pool' }),
  ),
  recurrent: chain(
    () => l.gru({ units: 8, returnSequences: true, name: 'gru' }),
    () => l.lstm({ units: 8, name: 'lstm' }),
  ),
  'two-branches': (data) => {
    const inputs = opened(data);
    const [left, right] = inputs.map((x, i) =>
      through(x, l.dense({ units: 8, activation: 'relu', name: `branch${i}` })),
    );
    return model({
      inputs,
      outputs: head(
        data,
        through(
          apply(l.concatenate({ name: 'both' }), left!, right!),
          l.dense({ units: 8, activation: 'relu', name: 'merged' }),
        ),
      ),
    });
  },
  unet: (data) => {
    const inputs = opened(data);
    const [name] = Object.keys(data.truths);
    const down = apply(
      l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', name: 'down' }),
      inputs[0]!,
    );
    const deep = through(
      down,
      l.maxPooling2d({ poolSize: 2, name: 'pool' }),
      l.conv2d({ filters: 8, kernelSize: 3, padding: 'same', activation: 'relu', name: 'bottom' }),
      l.upSampling2d({ size: [2, 2], name: 'up' }),
    );
    const merged = through(
      apply(l.concatenate({ name: 'skip' }), deep, down),
      l.conv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu', name: 'merge' }),
    );
    return model({
      inputs,
      outputs: apply(l.conv2d({ filters: 1, kernelSize: 1, activation: 'sigmoid', name: name! }), merged),
    });
  },
};
