import { existsSync } from 'node:fs';
import { cpus } from 'node:os';
import { Engine } from '@noema/engine';
import { SIDE } from '@noema/example-mnist';
import { points, type Points } from '@noema/manifold';
import { exactKind, faissFlatKind, faissHnswKind, type IndexKindAdapter, measureRecall, PREPARED_LIBRARY, type SearchableIndex } from '@noema/similarity/indexes';
import { type Bench, ratio, timed } from './bench.js';
import { digits } from './digits.js';

const K = 15;
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
    try {
      const exact = await measure(exactKind(() => engine), cloud);
      print(`exact      ${line(exact)}`);
      if (!existsSync(PREPARED_LIBRARY)) {
        print('the native part of faiss is not here: run `make native` to compare');
        return;
      }
      const faiss = { library: PREPARED_LIBRARY, threads };
      const flat = await measure(faissFlatKind(faiss), cloud);
      print(`faiss-flat ${line(flat)}`);
      print(`faiss-hnsw ${line(await measure(faissHnswKind(faiss), cloud))}`);
      print(ratio(exact.searchSeconds, flat.searchSeconds, 'faiss flat'));
    } finally {
      await engine.close();
    }
  },
};

interface Measured {
  readonly makeSeconds: number;
  readonly searchSeconds: number;
  readonly recall: number;
}

const line = ({ makeSeconds, searchSeconds, recall }: Measured): string => `made in ${makeSeconds.toFixed(2)} s, all neighbours in ${searchSeconds.toFixed(2)} s, recall ${recall.toFixed(4)}`;

async function measure(kind: IndexKindAdapter, cloud: Points): Promise<Measured> {
  const params = Object.fromEntries(kind.parameters.map((p) => [p.name, p.default]));
  const made = await timed(async () => kind.open(cloud, params, await kind.build(cloud, params)));
  const index: SearchableIndex = made.result;
  try {
    await index.search({ ...cloud, n: 512, data: cloud.data.subarray(0, 512 * cloud.d) }, K, { firstRow: 0 });
    const runs: number[] = [];
    for (let run = 0; run < 3; run++) runs.push((await timed(() => index.search(cloud, K, { firstRow: 0 }))).seconds);
    return { makeSeconds: made.seconds, searchSeconds: Math.min(...runs), recall: await measureRecall(cloud, index, { k: K }) };
  } finally {
    await index.close();
  }
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
