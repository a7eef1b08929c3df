import { Engine, responsesProgram } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';
import { network, storedWeights } from '../data/network.js';
import { respond, type ResponseRows } from '../data/response.rows.js';
import { writeOutput } from './output.js';
import type { SideKind } from './side.js';

const WARM_ROWS = 1_024;

/** Mean and maximum of every unit for 10,000 digits, and predictions. */
export const responsesSide: SideKind = {
  key: 'responses',
  async prepare(data) {
    const images = data.floats('images.f32');
    const engine = Engine.start();
    const program = responsesProgram(network('inference'), storedWeights(data), [], engine);
    const take = (rows: number): Promise<ResponseRows> =>
      respond(engine, program, images.subarray(0, rows * SIDE * SIDE));
    await take(WARM_ROWS);
    let made: ResponseRows | undefined;
    return {
      work: async () => {
        made = await take(images.length / (SIDE * SIDE));
      },
      save: async (folder) => {
        for (const [name, values] of Object.entries(made!) as [string, Float32Array][])
          writeOutput(folder, `${name}.f32`, values);
        return {};
      },
      close: () => engine.close(),
    };
  },
};
