// What JavaScript may call; the types of the same functions are in ../src/kernels.ts.
export { squaredDistances } from './squared-distances';
