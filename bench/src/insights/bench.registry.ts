import { Registry } from '@noema/kernel';
import { actionsBench } from './actions.bench.js';
import { cleanBench } from './clean.bench.js';
import { conjunctionsBench } from './conjunctions.bench.js';
import { domainGapBench } from './domain-gap.bench.js';
import { explainBench } from './explain.bench.js';
import { duplicatesBench } from './duplicates.bench.js';
import { groupedBench } from './grouped.bench.js';
import { leakageBench } from './leakage.bench.js';
import type { InsightBench } from './insight.bench.js';
import { plantedOodBench } from './planted-ood.bench.js';
import { plantedRepresentationBench } from './planted-representation.bench.js';
import { plantedSlicesBench } from './planted-slices.bench.js';
import { mislabelledBench } from './mislabelled.bench.js';
import { overfittingBench } from './overfitting.bench.js';
import { shortcutBench } from './shortcut.bench.js';
import { speedBench } from './speed.bench.js';
import { toLabelNextBench } from './to-label-next.bench.js';

/** All benches of insights, in the order of the document. */
export const insightBenches = new Registry<InsightBench>('bench of insights', [
  plantedOodBench,
  plantedRepresentationBench,
  plantedSlicesBench,
  conjunctionsBench,
  mislabelledBench,
  actionsBench,
  domainGapBench,
  explainBench,
  toLabelNextBench,
  shortcutBench,
  overfittingBench,
  cleanBench,
  groupedBench,
  speedBench,
  duplicatesBench,
  leakageBench,
]);
