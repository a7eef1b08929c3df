import type { Contestant, Row } from '../row.js';
import { judgedBy } from './judges.js';

const noema = (...script: Contestant['script']): Contestant => ({ name: 'Noema', side: 'ours', script });
const TAPE = 'GradientTape, batched';

/** All samples in one batch: as people write it, and compiled as well, which has to be known to be done. */
const tapes = (script: string): Contestant[] => [
  { name: `${TAPE} and compiled`, side: 'peer', script: [script, 'compiled'] },
  { name: TAPE, side: 'peer', script: [script, 'eager'] },
];

/** Rows about the walk's network. */
export const networkRows: readonly Row[] = [
  {
    key: 'train-epoch',
    work: "one epoch of the walk's network, 8,000 digits in batches of 64",
    contestants: [noema('train'), { name: 'Keras fit', side: 'peer', script: ['keras_fit.py'] }],
    reaches: [{ ours: 'Noema', peer: 'Keras fit', atMost: 1.2 }],
    rules: [{ figure: 'validation accuracy', tolerance: 0.01 }],
  },
  {
    key: 'responses-10k',
    work: 'mean and maximum of all units and predictions, 10,000 digits',
    contestants: [
      noema('responses'),
      { name: 'Keras, reductions compiled in', side: 'peer', script: ['keras_responses.py', 'compiled'] },
      { name: 'Keras predict and numpy', side: 'peer', script: ['keras_responses.py', 'numpy'] },
    ],
    reaches: [
      { ours: 'Noema', peer: 'Keras predict and numpy', atMost: 0.15 },
      { ours: 'Noema', peer: 'Keras, reductions compiled in', atMost: 1 },
    ],
    judge: judgedBy('responses'),
  },
  {
    key: 'grad-cam',
    work: 'Grad-CAM of 10 classes for each of 200 digits, in the size of the picture',
    contestants: [noema('grad-cam'), ...tapes('tape_grad_cam.py')],
    reaches: [{ ours: 'Noema', peer: TAPE, atMost: 1 }],
    judge: judgedBy('heat-maps'),
  },
  {
    key: 'integrated-gradients',
    work: 'integrated gradients of 32 steps for each of 50 digits',
    contestants: [noema('integrated-gradients'), ...tapes('tape_integrated_gradients.py')],
    reaches: [{ ours: 'Noema', peer: TAPE, atMost: 1 }],
    judge: judgedBy('completeness'),
  },
];
