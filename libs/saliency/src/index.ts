export { type BaselineKind, createBaseline } from './baseline.js';
export { type ColorMap, colorize, colorMaps, overlay } from './color-map.js';
export { edgeMap } from './edge-map.js';
export { assertAlike, channelMap, type FeatureMap, featureMap, type HeatMap } from './feature-map.js';
export { channelMeans, gradCam, layerCam } from './grad-cam.js';
export { gradCamPlusPlus } from './grad-cam-plus-plus.js';
export { gradientMagnitude, gradientTimesInput, signedGradient } from './gradient-map.js';
export { normalised, upsample } from './heat-map.js';
export { completenessGap, IntegratedGradients } from './integrated-gradients.js';
export { Occlusion, type OcclusionOptions } from './occlusion.js';
export {
  areaOverOrders,
  areaUnderCurve,
  type CurveArea,
  deletionBatch,
  insertionBatch,
  type PerturbationBatch,
  type PerturbationOptions,
  randomHeatMap,
  TIE_ORDERS,
  valuesByOrder,
} from './perturbation.js';
export { rankCorrelation } from './rank-correlation.js';
export { Rise, type RiseOptions } from './rise.js';
export { sharedArea } from './shared-area.js';
export { SmoothGrad, type SmoothGradOptions } from './smooth-grad.js';
export { strongestUnits, type UnitContribution } from './strongest-units.js';
