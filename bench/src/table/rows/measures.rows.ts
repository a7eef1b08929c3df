import type { Row } from '../row.js';
import { judgedBy } from './judges.js';

/** Measures of maps and responses. */
export const measureRows: readonly Row[] = [
  {
    key: 'trust-10k',
    work: 'trustworthiness of a map of 10,000 vectors, exact, k = 15',
    note: 'Ours gives continuity, overlap and all numbers by point as well',
    contestants: [
      { name: 'Noema', side: 'ours', script: ['trust'] },
      { name: 'scikit-learn', side: 'peer', script: ['sklearn_trust.py'] },
    ],
    reaches: [{ ours: 'Noema', peer: 'scikit-learn', atMost: 0.3 }],
    rules: [{ figure: 'trustworthiness', tolerance: 1e-9 }],
  },
  {
    key: 'vectors-100k',
    work: 'perception vectors of 64 dimensions from responses of 100,000 samples × 234 units',
    contestants: [
      { name: 'Noema', side: 'ours', script: ['vectors'] },
      { name: 'numpy and scikit-learn PCA', side: 'peer', script: ['numpy_vectors.py'] },
    ],
    reaches: [{ ours: 'Noema', peer: 'numpy and scikit-learn PCA', atMost: 1 }],
    rules: [{ figure: 'variance kept', tolerance: 1e-4 }],
    judge: judgedBy('perception'),
  },
  {
    key: 'charts-1m',
    work: 'ten refreshes of 12 charts over 1,000,000 rows, each with a new filter across all charts',
    note: 'Both have bins and groups of fields ready and give mean, number and spread of every group',
    contestants: [
      { name: 'Noema', side: 'ours', script: ['charts'] },
      { name: 'DuckDB', side: 'peer', script: ['duckdb_charts.py'] },
    ],
    reaches: [{ ours: 'Noema', peer: 'DuckDB', atMost: 1 }],
  },
];
