import { layer, type NamedTensor, type Network } from './network.js';

const WIDTH = 64;

/**
 * A network that gives a tag to each word, from `[words]` to `[words, tags]`: an embedding and two convolutions, which
 * see four words on each side.
 */
export function proposeTagger(input: NamedTensor, output: NamedTensor, vocabularySize: number): Network {
  const convolve = (name: string) =>
    layer('Conv1D', name, { filters: WIDTH, kernel_size: 5, padding: 'same', activation: 'relu' });
  return {
    module: 'keras',
    class_name: 'Sequential',
    config: {
      name: 'proposed',
      layers: [
        layer('InputLayer', input.name, { batch_input_shape: [null, ...input.dims] }),
        layer('Embedding', 'embedding', { input_dim: vocabularySize, output_dim: WIDTH }),
        convolve('conv1'),
        convolve('conv2'),
        layer('Dense', output.name, { units: output.dims[1], activation: 'softmax' }),
      ],
    },
  };
}
