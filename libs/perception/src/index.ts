export { type Basis, type BasisOptions, countDimensions, type DroppedUnits, fitBasis } from './basis.js';
export { decodeBasis, decodeMoments, encodeBasis, encodeMoments, FLOAT64_FILE_MEDIA_TYPE } from './codec.js';
export { fitBasisInThread, momentsInThreads, projectInThreads, type ThreadedOptions } from './in-threads.js';
export {
  deviations,
  EXACT_UNITS,
  isDiagonal,
  mergeInOrder,
  mergeMoments,
  type Moments,
  computeMoments,
} from './moments.js';
export { LayerView } from './layer-view.js';
export { depthWeights, layerWeights, type PerceptionSpace } from './perception-space.js';
export { layerPull, type LayerPull, project } from './projection.js';
export {
  fitBasisByPasses,
  type PassOptions,
  type ResponsePasses,
  scalesOfAll,
} from './randomized/fit-by-passes.js';
export {
  assertFinite,
  type LayerBlock,
  type LayerColumns,
  layerColumns,
  columnsOfLayer,
  type ResponseLayout,
  unitCount,
  unitOfColumn,
} from './response-layout.js';
export { type SymmetricEigen, symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.js';
