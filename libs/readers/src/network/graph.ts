import type { Layer, Network } from './network.js';

interface Tensor {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Layers of a network, each after the one before unless it names others. */
export class Graph {
  private readonly layers: Layer[] = [];
  private last: string;

  constructor(private readonly input: Tensor) {
    this.last = input.name;
    this.layers.push(node('InputLayer', input.name, { batch_input_shape: [null, ...input.dims] }, []));
  }

  /** Adds a layer, and returns its name. */
  add(kind: string, name: string, config: Layer['config'], inputs: readonly string[] = [this.last]): string {
    this.layers.push(node(kind, name, config, inputs));
    return (this.last = name);
  }

  /** The network, whose output is the layer that was added last. */
  finish(): Network {
    return {
      class_name: 'Model',
      module: 'keras',
      config: {
        name: 'proposed',
        layers: this.layers,
        input_layers: [[this.input.name, 0, 0]],
        output_layers: [[this.last, 0, 0]],
      },
    };
  }
}

const node = (kind: string, name: string, config: Layer['config'], inputs: readonly string[]) => ({
  class_name: kind,
  name,
  config: { name, ...config },
  inbound_nodes: inputs.length === 0 ? [] : [inputs.map((input) => [input, 0, 0, {}])],
});
