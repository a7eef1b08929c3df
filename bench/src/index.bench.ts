import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { Engine } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';
import { points, type Points } from '@noema/manifold';
import { exactKind, faissFlatKind, faissHnswKind, type IndexKindAdapter, measureRecall, PREPARED_LIBRARY, type SearchableIndex } from '@noema/similarity/indexes';
import { type Bench, ratio, timed } from './bench.js';
import { digits } from './digits.js';

const K = 15;
const ROUNDS = 7;
const CELL = 3;
const CELLS = 8;
const MARGIN = (SIDE - CELL * CELLS) / 2;

/** All neighbours of a population, as the neighbour graph needs them: index made, opened and asked. */
export const indexBench: Bench = {
  key: 'index',
  about: `${K} neighbours of each of 10,000 digits in ${CELLS * CELLS} dimensions, the exact index against faiss`,
  async run(print) {
    const cloud = cells();
    const threads = cpus().length;
    const engine = Engine.start({ threads });
    const native = existsSync(PREPARED_LIBRARY);
    const faiss = { library: PREPARED_LIBRARY, threads };
    const kinds = [exactKind(() => engine), ...(native ? [faissFlatKind(faiss), faissHnswKind(faiss)] : [])];
    const runners: Runner[] = [];
    try {
      for (const kind of kinds) runners.push(await open(kind, cloud));
      // Rounds in which everybody runs once, so that a busy moment of the machine meets all of them.
      for (let round = 0; round < ROUNDS; round++) {
        for (const runner of runners) runner.seconds = Math.min(runner.seconds, (await timed(() => runner.index.search(cloud, K, { firstRow: 0 }))).seconds);
      }
      for (const { key, index, makeSeconds, seconds } of runners) {
        const recall = await measureRecall(cloud, index, { k: K });
        print(`${key.padEnd(10)} made in ${makeSeconds.toFixed(2)} s, all neighbours in ${seconds.toFixed(2)} s, recall ${recall.toFixed(4)}`);
      }
      print(native ? ratio(runners[0]!.seconds, runners[1]!.seconds, 'faiss flat') : 'the native part of faiss is not here: run `make native` to compare');
    } finally {
      for (const { index } of runners) await index.close();
      await engine.close();
    }
  },
};

interface Runner {
  readonly key: string;
  readonly index: SearchableIndex;
  readonly makeSeconds: number;
  /** Of the best round. */
  seconds: number;
}

async function open(kind: IndexKindAdapter, cloud: Points): Promise<Runner> {
  const params = Object.fromEntries(kind.parameters.map((p) => [p.name, p.default]));
  const { seconds, result } = await timed(async () => kind.open(cloud, params, await kind.build(cloud, params)));
  return { key: kind.key, index: result, makeSeconds: seconds, seconds: Infinity };
}

/** The middle of every digit as the mean ink of 8 × 8 cells. */
function cells(): Points {
  const { n, images } = digits();
  const d = CELLS * CELLS;
  const data = new Float32Array(new SharedArrayBuffer(4 * n * d));
  for (let i = 0; i < n; i++) {
    for (let pixel = 0; pixel < (CELL * CELLS) ** 2; pixel++) {
      const [y, x] = [Math.floor(pixel / (CELL * CELLS)), pixel % (CELL * CELLS)];
      data[i * d + Math.floor(y / CELL) * CELLS + Math.floor(x / CELL)]! += images[(i * SIDE + y + MARGIN) * SIDE + x + MARGIN]! / CELL ** 2;
    }
  }
  return points(data, d);
}
