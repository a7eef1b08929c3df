export { KernelMemory, type SharedMemory } from './kernel-memory.js';
export { type Kernels, kernelsOn } from './kernels.js';
