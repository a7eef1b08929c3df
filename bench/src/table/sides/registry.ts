import { Registry } from '@noema/kernel';
import { chartsSide } from './charts.side.js';
import { firstMapSide } from './first-map.side.js';
import { gradCamSide } from './grad-cam.side.js';
import { integratedGradientsSide } from './integrated-gradients.side.js';
import { mapSide } from './map.side.js';
import { neighborGraphSide } from './neighbor-graph.side.js';
import { neighborsSide } from './neighbors.side.js';
import { recordingSide } from './recording.side.js';
import { responsesSide } from './responses.side.js';
import type { SideKind } from './side.js';
import { trainSide } from './train.side.js';
import { trustSide } from './trust.side.js';
import { vectorsSide } from './vectors.side.js';
import { walkSide, warmWalkSide } from './walk.side.js';

/** All work of ours that the table measures. */
export const sides = new Registry<SideKind>('side', [
  chartsSide,
  firstMapSide,
  gradCamSide,
  integratedGradientsSide,
  mapSide,
  neighborGraphSide,
  neighborsSide,
  recordingSide,
  responsesSide,
  trainSide,
  trustSide,
  vectorsSide,
  walkSide,
  warmWalkSide,
]);
