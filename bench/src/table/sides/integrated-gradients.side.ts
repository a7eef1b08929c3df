import { ExplainingModel } from './explaining.model.js';
import { writeOutput } from './output.js';
import type { SideKind } from './side.js';

const SAMPLES = 50;

/** Integrated gradients of the label for each of 50 digits, 32 steps. */
export const integratedGradientsSide: SideKind = {
  key: 'integrated-gradients',
  async prepare(data) {
    const model = new ExplainingModel(data);
    const labels = data.labels();
    await model.explain('integrated-gradients', SAMPLES / 10, (row) => [labels[row]!]);
    let maps: Float32Array = new Float32Array();
    return {
      work: async () => {
        maps = await model.explain('integrated-gradients', SAMPLES, (row) => [labels[row]!]);
      },
      save: async (folder) => {
        writeOutput(folder, 'maps.f32', maps);
        return {};
      },
      close: () => model.close(),
    };
  },
};
