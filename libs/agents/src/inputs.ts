import * as z from 'zod';

const MAX_NAME = 400;
const MAX_CONDITION = 2000;

/** Arguments that several tools share. */
export const project = z
  .string()
  .max(MAX_NAME)
  .optional()
  .describe('project by name or id; default: the project of the server, the only project, or "default"');
export const run = z
  .string()
  .max(MAX_NAME)
  .default('latest')
  .describe('run by name or id; "latest" is the newest one that succeeded');
export const epoch = z
  .int()
  .min(0)
  .max(1e6)
  .default(0)
  .describe('number of the epoch from 1; 0 is the last one');
export const output = z
  .string()
  .max(MAX_NAME)
  .default('')
  .describe(
    'of a model with several outputs: the output that labels, predictions and losses are of, by its name; describe ' +
      'lists them; default: the first one, with the losses of all',
  );
export const cursor = z
  .string()
  .max(4000)
  .optional()
  .describe('next_cursor of the previous answer; all other arguments must be the same');
export const where = z
  .string()
  .max(MAX_CONDITION)
  .default('')
  .describe(
    'condition over the samples, such as `split = validation AND correct = false AND loss > 1`; fields: ' +
      'split, row, loss, correct, predicted_class, true_class, class_name, metadata.<name>; describe ' +
      'lists them',
  );
export const sample = z
  .string()
  .max(MAX_NAME)
  .optional()
  .describe('sample as split/id, such as "validation/17"');
export const row = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)
  .optional()
  .describe('sample by its row, in place of sample');
export const name = (description: string) => z.string().min(1).max(MAX_NAME).describe(description);
