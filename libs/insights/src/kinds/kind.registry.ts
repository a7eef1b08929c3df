import { Registry } from '@noema/kernel';
import { duplicatesKind } from './duplicates/duplicates.kind.js';
import { domainGapKind } from './domain-gap/domain-gap.kind.js';
import { forgottenKind } from './forgotten.kind.js';
import type { InsightKind } from './insight-kind.js';
import { leakageKind } from './leakage/leakage.kind.js';
import { lowPerformanceKind } from './low-performance.kind.js';
import { miscalibratedKind } from './miscalibrated.kind.js';
import { outOfDistributionKind } from './out-of-distribution/out-of-distribution.kind.js';
import { overfittingKind } from './overfitting.kind.js';
import { representationKind } from './representation.kind.js';
import { shortcutKind } from './shortcut.kind.js';
import { mislabelledKind } from './mislabelled.kind.js';
import { toLabelNextKind } from './to-label-next.kind.js';
import { wastedCapacityKind } from './wasted-capacity.kind.js';

/** All kinds of insights, in the order in which they run. A new one is one file and one line here. */
export const insightKinds = new Registry<InsightKind>('insight kind', [
  lowPerformanceKind,
  miscalibratedKind,
  mislabelledKind,
  forgottenKind,
  wastedCapacityKind,
  toLabelNextKind,
  shortcutKind,
  overfittingKind,
  outOfDistributionKind,
  representationKind,
  duplicatesKind,
  leakageKind,
  domainGapKind,
]);
