// What JavaScript may call; the types of the same functions are in ../src/kernels.ts.
export { addCoMoments, centreColumns } from './co-moments';
export { projectRows } from './project-rows';
export { squaredDistances } from './squared-distances';
