export { KernelMemory, type SharedMemory } from './kernel-memory.js';
export { DUE_EDGES_BLOCK, DUE_EDGES_SCRATCH, type Kernels, kernelsOn } from './kernels.js';
export { packingTable } from './packing.js';
export { type OwnMemory, ThreadMemory } from './thread-memory.js';
