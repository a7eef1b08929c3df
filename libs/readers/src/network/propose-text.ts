import { Graph } from './graph.js';
import type { Layer, Network } from './network.js';

const WIDTH = 64;
/** Small, because the vector of padding is part of the mean before anything is learned. */
const FIRST_EMBEDDINGS = { class_name: 'RandomUniform', config: { minval: -0.01, maxval: 0.01 } };
const relu = { activation: 'relu' };

interface TextInput {
  readonly name: string;
  /** Number of words or tokens of each sample. */
  readonly length: number;
}

/**
 * A network for the indexes of words or tokens: the mean over all of them next to the maximum of a convolution, and
 * `head` after both. Topics show in the mean, single phrases in the maximum. The mean of n vectors is √n times smaller
 * than they are; scaled up again, it learns within the few steps that some hundred texts give.
 */
export function proposeText(input: TextInput, vocabularySize: number, head: readonly Layer[]): Network {
  const graph = new Graph({ name: input.name, dims: [input.length] });
  const words = graph.add('Embedding', 'embedding', {
    input_dim: vocabularySize,
    output_dim: WIDTH,
    embeddings_initializer: FIRST_EMBEDDINGS,
  });
  graph.add('Conv1D', 'conv', { filters: WIDTH, kernel_size: 5, padding: 'same', ...relu });
  const maximum = graph.add('GlobalMaxPooling1D', 'maximum', {});
  graph.add('GlobalAveragePooling1D', 'mean', {}, [words]);
  const mean = graph.add('Rescaling', 'scaled_mean', {
    scale: Math.sqrt(input.length),
    offset: 0,
  });
  graph.add('Concatenate', 'join', { axis: -1 }, [maximum, mean]);
  graph.add('Dense', 'dense', { units: WIDTH, ...relu });
  for (const { class_name: kind, config } of head) graph.add(kind, String(config['name']), config);
  return graph.finish();
}
