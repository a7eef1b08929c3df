import { SIDE } from '@noema/example-mnist';
import { fileURLToPath } from 'node:url';
import { digits } from '../../digits.js';
import { readFashion } from './fashion.source.js';
import type { Source } from './source.js';
import { readZooKind } from './zoo.source.js';

const CACHE = fileURLToPath(new URL('../../../../../.noema/insight-data', import.meta.url));

/** Data sets by key, each fetched into `.noema/insight-data` on first use. */
const SOURCES = {
  digits: (): Source => {
    const { n, images, labels } = digits();
    return {
      key: 'digits',
      kind: 'image',
      shape: [SIDE, SIDE, 1],
      classNames: [...'0123456789'],
      n,
      inputs: images,
      labels: Int32Array.from(labels),
      metadata: [],
    };
  },
  fashion: () => readFashion(CACHE),
  emoji: () => readZooKind(CACHE, 'emoji', 'image'),
  texts: () => readZooKind(CACHE, 'languages', 'text', 64),
  series: () => readZooKind(CACHE, 'power_demand', 'series'),
  table: () => readZooKind(CACHE, 'breast_cancer', 'table'),
} as const satisfies Record<string, () => Source>;

export type SourceKey = keyof typeof SOURCES;
export const SOURCE_KEYS = Object.keys(SOURCES) as SourceKey[];

export const readSource = (key: SourceKey): Source => SOURCES[key]();
