import { create } from '@bufbuild/protobuf';
import { DatasetVersionSchema } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { ModelSchema } from '@noema/contracts/noema/training/v1/model';
import { expect, it } from 'vitest';
import { describeFit } from './model-fit.js';

it('says which data an input takes and what is done with them', () => {
  const model = create(ModelSchema, {
    inputs: [
      { name: 'x', dims: [28, 28, 1], preprocessing: ['mean 0.5 subtracted', 'divided by 0.5'] },
      { name: 'age', dims: [] },
    ],
  });
  const data = create(DatasetVersionSchema, {
    inputs: [
      { name: 'picture', dims: [28, 28, 1] },
      { name: 'years', dims: [1] },
    ],
  });
  expect(describeFit(model, data)).toEqual([
    'input x (28 × 28 × 1) takes picture, mean 0.5 subtracted, then divided by 0.5',
    'input age (a number) takes years, unchanged',
  ]);
  expect(describeFit(model, create(DatasetVersionSchema, {}))).toEqual([]);
  const head = create(ModelSchema, { outputs: [{ name: 'y', classNames: ['ape', 'bee'] }] });
  expect(describeFit(head, create(DatasetVersionSchema, { classNames: ['cat', 'dog'] }))).toEqual([
    'the model is a pretrained head with other classes (ape, bee) than the data (cat, dog); ' +
      '`noema models adapt` gives it a head for the data',
  ]);
  expect(describeFit(head, create(DatasetVersionSchema, { classNames: ['ape', 'bee'] }))).toEqual([]);
});

it('says that tokens cannot be compared where weights were trained without stating them', () => {
  const model = create(ModelSchema, { inputs: [{ name: 'text', dims: [512] }] });
  const data = create(DatasetVersionSchema, {
    inputs: [
      {
        name: 'text',
        dims: [512],
        vocabulary: { kind: 'words', size: 5000, tokenDigest: '4d95be87', textDigest: 'a' },
      },
    ],
  });
  const takes = 'input text (512) takes text, unchanged';
  expect(describeFit(model, data)).toEqual([takes, expect.stringMatching('states no tokenizer')]);
  expect(describeFit(model, data, false)).toEqual([takes]);
});
