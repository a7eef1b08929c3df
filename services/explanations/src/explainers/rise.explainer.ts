import { normalised, Rise } from '@noema/saliency';
import { inputMap } from '../heat-map/geometry.js';
import type { Explainer } from './explainer.js';
import { computeOutputs } from './perturbation.js';

const MASKS = 1024;
const CELLS = { picture: { rows: 7, columns: 7 }, series: { rows: 1, columns: 16 } };

/**
 * RISE (Petsiuk, Das & Saenko 2018): how much more probable a class is when a place is seen than when it is
 * hidden, over random masks. Needs no gradients.
 */
export const riseExplainer: Explainer = {
  key: 'rise',
  title: 'RISE',
  summary:
    'How much more probable the class is when a place is seen than when it is hidden, over random masks.',
  reference: 'Petsiuk et al. 2018',
  parameters: [],
  facts: {
    signed: true,
    atLayer: false,
    needsGradients: false,
    usedByDefault: false,
    explains: 'class',
    unit: '',
    reading:
      'under random masks {target} is more probable when {positive} are seen, and less when {negative} are.',
  },
  async explain(of) {
    const { input, geometry, classes, model } = of;
    const isTokens = model.input.embedding !== undefined;
    const rise = new Rise(inputMap(input, geometry), {
      masks: MASKS,
      ...(isTokens
        ? { sharp: true, cells: { rows: 1, columns: geometry.width } }
        : { cells: geometry.height === 1 ? CELLS.series : CELLS.picture }),
    });
    const maps = rise.maps(await computeOutputs(of, rise), model.width, classes);
    return maps.map((map, i) => ({
      target: { kind: 'class', classIndex: classes[i]! },
      ...normalised(map),
      layer: '',
    }));
  },
};
