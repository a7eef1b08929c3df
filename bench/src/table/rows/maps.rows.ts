import { projectionAlgorithms } from '@noema/manifold';
import type { Contestant, QualityRule, Row } from '../row.js';
import { judgedBy } from './judges.js';

const RULES: readonly QualityRule[] = ['trustworthiness', 'overlap', 'label agreement'].map((figure) => ({
  figure,
  tolerance: 0.004,
}));

/**
 * Our map by an algorithm of the registry, looked up when the row runs: until it is built the row reports
 * that.
 */
const ours = (
  algorithm: string,
  rows: number,
  settings: Readonly<Record<string, number>> = {},
): Contestant => ({
  name: `Noema ${algorithm}`,
  side: 'ours',
  script: ['map', algorithm, String(rows), JSON.stringify(settings)],
  missing: () =>
    projectionAlgorithms.keys().includes(algorithm) ? undefined : `${algorithm} is not built yet`,
});

const umapLearn = (how: 'seeded' | 'parallel', rows: number, epochs: number): Contestant => ({
  name: `umap-learn, ${how}`,
  side: 'peer',
  script: ['umap_map.py', String(rows), String(epochs), how],
});

const pacmap = (rows: 10_000 | 70_000): Row => ({
  key: `pacmap-${rows / 1000}k`,
  work: `PaCMAP, ${rows.toLocaleString('en')} vectors, neighbors included`,
  contestants: [
    ours('pacmap', rows),
    { name: 'pacmap', side: 'peer', script: ['pacmap_map.py', String(rows)] },
  ],
  reaches: [{ ours: 'Noema pacmap', peer: 'pacmap', atMost: 0.7 }],
  rules: RULES,
  judge: judgedBy('maps', String(rows)),
});

/**
 * Maps of perception vectors of 64 dimensions, on two dimensions; quality as the whole population or a seeded
 * sample of 2,500 shows it.
 */
export const mapRows: readonly Row[] = [
  {
    key: 'umap-10k',
    work: 'UMAP, 10,000 vectors, 500 epochs, neighbors included',
    contestants: [ours('umap', 10_000, { epochs: 500 }), umapLearn('seeded', 10_000, 500)],
    reaches: [{ ours: 'Noema umap', peer: 'umap-learn, seeded', atMost: 0.08 }],
    rules: RULES,
    judge: judgedBy('maps', '10000'),
  },
  {
    key: 'umap-70k',
    work: 'UMAP, 70,000 vectors, 200 epochs (ours 400, the usual number), neighbors included',
    contestants: [ours('umap', 70_000), umapLearn('parallel', 70_000, 200), umapLearn('seeded', 70_000, 200)],
    reaches: (['parallel', 'seeded'] as const).map((how) => ({
      ours: 'Noema umap',
      peer: `umap-learn, ${how}`,
      atMost: 0.25,
    })),
    rules: RULES,
    judge: judgedBy('maps', '70000'),
  },
  pacmap(10_000),
  pacmap(70_000),
  {
    key: 'tsne-10k',
    work: 't-SNE, 10,000 vectors, neighbors included',
    contestants: [
      ours('tsne', 10_000),
      { name: 'openTSNE, FFT', side: 'peer', script: ['tsne_map.py', '10000'] },
    ],
    reaches: [{ ours: 'Noema tsne', peer: 'openTSNE, FFT', atMost: 0.5 }],
    rules: RULES,
    judge: judgedBy('maps', '10000'),
  },
];
