import { DomainError } from '@noema/kernel';

export const tooFewSamples = (samples: number, least: number): DomainError =>
  new DomainError(
    'precondition',
    'TOO_FEW_SAMPLES',
    `a map of ${samples} samples shows nothing, because each is the only neighbor of the other; add ` +
      `samples until the data have ${least} or more`,
    { metadata: { samples: String(samples) } },
  );

export const noCommonSample = (alignedTo: string): DomainError =>
  new DomainError(
    'precondition',
    'NOT_ALIGNABLE',
    `exploration ${alignedTo} shows no sample of this dataset version; make the map without aligned_to`,
  );

export const pointCountDiffers = (alignedTo: string, points: number, samples: number): DomainError =>
  new DomainError(
    'precondition',
    'NOT_ALIGNABLE',
    `exploration ${alignedTo} has ${points} points, this one ${samples}; make it without aligned_to`,
  );
