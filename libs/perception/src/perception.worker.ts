import { serveTasks } from '@noema/threads';
import { fitBasis } from './basis.js';
import { writeCoMoments } from './co-moments.js';
import type { FitTask, CoMomentsTask, ProjectTask, TaskName } from './perception.tasks.js';
import { project } from './projection.js';

serveTasks({
  coMoments: ({ responses, d, band, coMoment }: CoMomentsTask) => writeCoMoments(responses, d, coMoment, band),
  fit: ({ moments, layout, space, options }: FitTask) => fitBasis(moments, layout, space, options),
  project: ({ basis, responses, firstRow, vectors }: ProjectTask) => { vectors.set(project(basis, responses, firstRow)); },
} satisfies Record<TaskName, unknown>);
