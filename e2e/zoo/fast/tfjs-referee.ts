import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import {
  layers as l,
  type LayersModel,
  model as makeModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import type { CellRecord } from '../cell.record.js';
import type { Figures, ZooReferee } from '../referee.js';
import { FORMULA_KINDS, type FormulaData, storeFormulaData } from './formula-data.js';
import { type ForeignModel, FOREIGN_MODELS } from './foreign-models.js';
import { judge, type LayerResponses } from './judge.js';
import { TFJS_NETWORKS } from './tfjs-networks.js';

type Layer = LayersModel['layers'][number];
interface Named {
  readonly name: string;
  readonly shape: readonly number[];
}

/** The independent side of the fast part: TF.js on its plain JavaScript backend, and plain loops. */
export class TfjsReferee implements ZooReferee {
  private readonly kinds = new Map<string, FormulaData>();

  static async start(): Promise<TfjsReferee> {
    await tf.setBackend('cpu');
    return new TfjsReferee();
  }

  storeData = async (kind: string, folder: string): Promise<{ rows: number }> => ({
    rows: await storeFormulaData(this.data(kind), folder),
  });

  readFiles = (kind: string): Promise<never> =>
    Promise.reject(new Error(`${kind} is data by a formula, not files`));

  writeNetwork = async ({
    kind,
    network,
    folder,
  }: {
    kind: string;
    network: string;
    folder: string;
  }): Promise<{ file: string; trains: boolean; logits?: 'softmax' }> => {
    const foreign = FOREIGN_MODELS[network];
    if (foreign !== undefined) return { file: foreign.file, trains: false, logits: foreign.logits };
    await mkdir(folder, { recursive: true });
    const file = join(folder, 'topology.json');
    const built = this.build(kind, network);
    await writeFile(file, JSON.stringify(built.toJSON(null, false)));
    built.dispose();
    return { file, trains: Object.keys(this.data(kind).truths).length > 0 };
  };

  check = async (
    { kind, network }: { kind: string; network: string },
    record: CellRecord,
  ): Promise<Figures> => {
    const data = this.data(kind);
    const foreign = FOREIGN_MODELS[network];
    return judge(
      data,
      record,
      foreign === undefined ? this.forward(kind, network, record) : await foreignForward(foreign),
    );
  };

  close(): void {
    this.kinds.clear();
  }

  private data(kind: string): FormulaData {
    const known = this.kinds.get(kind) ?? FORMULA_KINDS[kind]!();
    this.kinds.set(kind, known);
    return known;
  }

  private build(kind: string, network: string): LayersModel {
    return TFJS_NETWORKS[network]!(this.data(kind));
  }

  /** Runs the network with the platform's weights; the output is taken before its softmax or sigmoid. */
  private forward(
    kind: string,
    network: string,
    record: CellRecord,
  ): { layers: LayerResponses[]; outputs: Float32Array; nonLinearity: string } {
    const built = this.build(kind, network);
    const { inputs } = this.data(kind);
    setWeights(built, record);
    const last = built.outputLayers[0] as Layer & { activation?: { getClassName(): string } };
    const nonLinearity = last.activation?.getClassName() ?? 'linear';
    if (last.activation !== undefined)
      last.activation = (
        l.activation({ activation: 'linear' }) as unknown as { activation: { getClassName(): string } }
      ).activation;
    const learned = built.layers.filter((layer) => layer.weights.length > 0);
    const probe = makeModel({
      inputs: built.inputs,
      outputs: learned.map((layer) => layer.output as SymbolicTensor),
    });
    const feeds = Object.values(inputs).map(({ dims, values }) =>
      tf.tensor(values, [values.length / dims.reduce((product, dim) => product * dim, 1), ...dims]),
    );
    const predicted: tf.Tensor | tf.Tensor[] = probe.predict(feeds.length === 1 ? feeds[0]! : feeds);
    const made = Array.isArray(predicted) ? predicted : [predicted];
    const shown = (i: number): tf.Tensor =>
      learned[i] === last && nonLinearity === 'sigmoid' ? tf.sigmoid(made[i]!) : made[i]!;
    return {
      layers: learned.map((layer, i) =>
        reduced(layer.name, shown(i).dataSync() as Float32Array, shown(i).shape),
      ),
      outputs: made[learned.indexOf(last)]!.dataSync() as Float32Array,
      nonLinearity,
    };
  }
}

/** Weights by their name in the platform's manifest. */
function setWeights(built: LayersModel, { model, weights }: CellRecord): void {
  const { weightsManifest } = JSON.parse(Buffer.from(model).toString('utf8')) as {
    weightsManifest: { weights: Named[] }[];
  };
  const values = new Float32Array(Uint8Array.from(weights).buffer);
  const known = new Map<string, tf.Tensor>();
  let at = 0;
  for (const { name, shape } of weightsManifest.flatMap((group) => group.weights)) {
    const size = shape.reduce((product, dim) => product * dim, 1);
    known.set(name, tf.tensor(values.slice(at, at + size), [...shape]));
    at += size;
  }
  built.setWeights(
    built.weights.map(({ name }) => {
      const found = known.get(name.replace(/_\d+$/, ''));
      if (found === undefined)
        throw new Error(`the platform has no weight ${name}; it has ${[...known.keys()].join(', ')}`);
      return found;
    }),
  );
}

/** Means and maxima over positions of values [n, …, units]. */
export function reduced(name: string, values: Float32Array, shape: readonly number[]): LayerResponses {
  const n = shape[0]!;
  const units = shape.at(-1)!;
  const positions = values.length / n / units;
  const mean = new Float64Array(n * units);
  const max = new Float64Array(n * units).fill(-Infinity);
  for (let row = 0; row < n; row++) {
    for (let p = 0; p < positions; p++) {
      for (let unit = 0; unit < units; unit++) {
        const value = values[(row * positions + p) * units + unit]!;
        const to = row * units + unit;
        mean[to]! += value / positions;
        max[to] = Math.max(max[to]!, value);
      }
    }
  }
  return { name, units, mean, max };
}

const foreignForward = ({ read }: ForeignModel) => read();
