import { CLASSES } from '../data/network.js';
import { ExplainingModel } from './explaining.model.js';
import { writeOutput } from './output.js';
import type { SideKind } from './side.js';

const SAMPLES = 200;
const EVERY_CLASS = Array.from({ length: CLASSES }, (_, index) => index);

/** Grad-CAM of ten classes for each of 200 digits, in the size of the picture. */
export const gradCamSide: SideKind = {
  key: 'grad-cam',
  async prepare(data) {
    const model = new ExplainingModel(data);
    await model.explain('grad-cam', SAMPLES / 10, () => EVERY_CLASS);
    let maps: Float32Array = new Float32Array();
    return {
      work: async () => {
        maps = await model.explain('grad-cam', SAMPLES, () => EVERY_CLASS);
      },
      save: async (folder) => {
        writeOutput(folder, 'maps.f32', maps);
        return {};
      },
      close: () => model.close(),
    };
  },
};
