import { serveTasks } from '@noema/threads';
import { fitBasis } from './basis.js';
import { writeCoMoments } from './co-moments.js';
import type {
  CoMomentsTask,
  FitTask,
  ImagesTask,
  ProductsTask,
  ProjectTask,
  RitzTask,
  RitzVectorsTask,
  TaskName,
} from './perception.tasks.js';
import { project } from './projection.js';
import { addProducts, writeImages } from './randomized/products.js';
import { orthonormalise, ritzValues, ritzVectors, type Subspaces } from './randomized/subspace.js';

serveTasks({
  coMoments: ({ responses, d, band, coMoment }: CoMomentsTask) =>
    writeCoMoments(responses, d, coMoment, band),
  fit: ({ moments, layout, space, options }: FitTask) => fitBasis(moments, layout, space, options),
  project: ({ basis, responses, firstRow, vectors }: ProjectTask) => {
    vectors.set(project(basis, responses, firstRow));
  },
  images: ({ of, blocks, images, range }: ImagesTask) => {
    writeImages(of, blocks, images, range);
  },
  products: ({ of, products, images, range }: ProductsTask) => {
    addProducts(of, products, images, range);
  },
  orthonormalise: (blocks: Subspaces) => {
    orthonormalise(blocks);
  },
  ritzValues: ({ blocks, products }: RitzTask) => ritzValues(blocks, products),
  ritzVectors: ({ blocks, group, ritz, count }: RitzVectorsTask) => ritzVectors(blocks, group, ritz, count),
} satisfies Record<TaskName, unknown>);
