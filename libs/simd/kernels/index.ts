// Exports for JavaScript; the types of the same functions are in ../src/kernels.ts.
export { adamStep } from './adam-step';
export { addTo } from './add-to';
export { addCoMoments, addRows, centreColumns } from './co-moments';
export { pictureSlopes, slopeProducts, slopeSums, warpOnto } from './align-pictures';
export {
  beginIteration,
  collectReverse,
  countNew,
  emptyLists,
  fillLists,
  joinLeaves,
  joinNeighbors,
  rowsWithin,
  takeOffers,
} from './descent';
export { dropoutMasks } from './dropout-masks';
export { dueEdges } from './due-edges';
export { holdBack } from './hold-back';
export { nearestCentres } from './nearest-centres';
export { nearestInBlocks } from './nearest-in-blocks';
export { pairForces2, pairForces3 } from './pair-forces';
export {
  addPooledConvolution,
  beginPooledConvolution,
  endPooledConvolution,
  makePooledConvolution,
} from './pooled-convolution';
export { projectRows } from './project-rows';
export { growTree } from './random-tree';
export { ranksInBlocks } from './ranks-in-blocks';
export { umapStep2, umapStep3 } from './umap-step';
