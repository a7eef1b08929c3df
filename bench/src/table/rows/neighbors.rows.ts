import { existsSync } from 'node:fs';
import { PREPARED_LIBRARY } from '@noema/similarity/indexes';
import { writeGroupedPoints } from '../data/grouped.points.js';
import type { Row } from '../row.js';
import { judgedBy } from './judges.js';

const PEER = 'faiss-cpu flat';

const neighbors = (rows: 10_000 | 70_000): Row => ({
  key: `neighbors-${rows / 1000}k`,
  work: `all 15 nearest neighbors of ${rows.toLocaleString('en')} vectors`,
  note: 'From an index in memory, without the time to make it',
  contestants: [
    { name: 'Noema exact', side: 'ours', script: ['neighbors', 'exact', String(rows)] },
    {
      name: 'Noema faiss',
      side: 'ours',
      script: ['neighbors', 'faiss', String(rows)],
      missing: () =>
        existsSync(PREPARED_LIBRARY) ? undefined : 'the native part of faiss is not here; run `make native`',
    },
    { name: PEER, side: 'peer', script: ['faiss_neighbors.py', String(rows)] },
  ],
  reaches: ['Noema exact', 'Noema faiss'].map((ours) => ({ ours, peer: PEER, atMost: 1.2 })),
  rules: [{ figure: 'recall', tolerance: 0.0005 }],
  judge: judgedBy('neighbors', String(rows)),
});

const MILLION = 1_000_000;
const DESCENT = 'Noema NN-descent';
const PYNNDESCENT = 'pynndescent';

/** The graph of a population for which an exact search costs too much. */
const million: Row = {
  key: 'neighbors-1m',
  work: 'approximate graph of the 15 nearest neighbors of 1,000,000 points in 200 groups',
  note: 'All with two threads, with the time to make what they search in',
  prepare: (data) => {
    writeGroupedPoints(data, MILLION);
  },
  contestants: [
    { name: DESCENT, side: 'ours', script: ['neighbor-graph', String(MILLION)] },
    { name: PYNNDESCENT, side: 'peer', script: ['pynndescent_graph.py', String(MILLION)] },
    { name: 'faiss-cpu HNSW', side: 'peer', script: ['faiss_hnsw_graph.py', String(MILLION)] },
  ],
  reaches: [PYNNDESCENT, 'faiss-cpu HNSW'].map((peer) => ({ ours: DESCENT, peer, atMost: 1 })),
  rules: [{ figure: 'recall', tolerance: 0 }],
  judge: judgedBy('neighbors', String(MILLION)),
};

/** Searches of a whole population. */
export const neighborRows: readonly Row[] = [neighbors(10_000), neighbors(70_000), million];
