import { existsSync } from 'node:fs';
import { PREPARED_LIBRARY } from '@noema/similarity/indexes';
import type { Row } from '../row.js';
import { judgedBy } from './judges.js';

const PEER = 'faiss-cpu flat';

const neighbors = (rows: 10_000 | 70_000): Row => ({
  key: `neighbors-${rows / 1000}k`,
  work: `all 15 nearest neighbours of ${rows.toLocaleString('en')} vectors`,
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

/** Searches of a whole population. */
export const neighborRows: readonly Row[] = [neighbors(10_000), neighbors(70_000)];
