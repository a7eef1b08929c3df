import { fitBasisInThread, momentsInThreads, projectInThreads } from '@noema/perception';
import { DIMENSIONS } from '../data/data.folder.js';
import { writeOutput } from './output.js';
import type { SideKind } from './side.js';

const WARM_ROWS = 4_000;

/**
 * Perception vectors of 100,000 samples from their responses: moments, basis of the whole space, projection.
 */
export const vectorsSide: SideKind = {
  key: 'vectors',
  async prepare(data) {
    const responses = data.floats('responses.f32');
    const layout = { layers: data.network().layers };
    const units = layout.layers.reduce((sum, layer) => sum + layer.units, 0);
    let explained = 0;
    const make = async (rows: Float32Array): Promise<Float32Array> => {
      const basis = await fitBasisInThread(
        await momentsInThreads(rows, units),
        layout,
        { kind: 'all' },
        { maxDimensions: DIMENSIONS, varianceKept: 1 },
      );
      explained = basis.explained.reduce((sum, value) => sum + value, 0) / basis.totalVariance;
      return projectInThreads(basis, rows);
    };
    await make(responses.subarray(0, WARM_ROWS * units));
    let vectors: Float32Array = new Float32Array();
    return {
      work: async () => {
        vectors = await make(responses);
      },
      save: async (folder) => {
        writeOutput(folder, 'vectors.f32', vectors);
        return { 'variance kept': explained };
      },
    };
  },
};
