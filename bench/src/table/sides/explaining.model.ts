import { Engine } from '@noema/engine';
import { toExplained, explainers, LayersModel, type SampleTensors } from '@noema/explanations/explaining';
import { SIDE } from '@noema/example-mnist';
import type { DataFolder } from '../data/data.folder.js';
import { LOSSES, network, storedWeights } from '../data/network.js';

/** Samples that are asked about at the same time, as the service does it for selections. */
const CONCURRENCY = 8;

/** The walk's trained network, and the explainers of the service. */
export class ExplainingModel {
  private readonly engine = Engine.start();
  private readonly images: Float32Array;
  private readonly model: LayersModel;

  constructor(data: DataFolder) {
    this.images = data.floats('images.f32');
    this.model = new LayersModel(this.engine, network('inference'), storedWeights(data), {
      losses: LOSSES,
      read: () => Promise.reject(new Error('there are no stored samples here')),
    });
  }

  /**
   * Explains the first samples, each for the classes of `listClasses`. Gives the maps [samples, classes, 28, 28],
   * not scaled.
   */
  async explain(
    algorithm: string,
    samples: number,
    listClasses: (row: number) => readonly number[],
  ): Promise<Float32Array> {
    const size = SIDE * SIDE;
    const width = listClasses(0).length;
    const maps = new Float32Array(samples * width * size);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < samples) {
        const row = next++;
        const data = this.images.slice(row * size, (row + 1) * size);
        const sample: SampleTensors = {
          inputs: new Map([[this.model.input.name, { data, dims: [SIDE, SIDE, 1] }]]),
        };
        const found = await explainers.get(algorithm).explain(
          toExplained(this.model, sample, {
            classes: listClasses(row),
            layer: this.layer,
            signal: new AbortController().signal,
          }),
        );
        found.forEach(({ map, peak }, i) => {
          maps.set(
            map.data.map((value) => value * peak),
            (row * width + i) * size,
          );
        });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, lane));
    return maps;
  }

  close(): Promise<void> {
    return this.engine.close();
  }

  /** The last convolution. */
  private get layer(): string {
    return this.model.layers.findLast(({ isConvolution }) => isConvolution)!.name;
  }
}
