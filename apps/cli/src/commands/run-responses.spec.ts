import { create } from '@bufbuild/protobuf';
import { ActivationSetSchema } from '@noema/contracts/noema/activations/v1/activation_set';
import {
  type ListActivationSetsRequest,
  ListActivationSetsResponseSchema,
} from '@noema/contracts/noema/activations/v1/activation_set_service';
import { expect, it } from 'vitest';
import { findResponses } from './run-responses.js';

const fault = { reason: 'RESPONSES_DO_NOT_VARY', message: 'all 50 samples have the same inputs' };

/** Sets of one run by their states. */
const find = (sets: Readonly<Record<string, { readonly epoch: number }>>, epoch?: number) =>
  findResponses(
    {
      listActivationSets: ({ filter = '' }: Partial<ListActivationSetsRequest>) => {
        const set = sets[filter.replace('state = JOB_STATE_', '')];
        return Promise.resolve(
          create(ListActivationSetsResponseSchema, {
            activationSets: set === undefined ? [] : [create(ActivationSetSchema, { ...set, fault })],
          }),
        );
      },
    },
    { projectId: 'p', runId: 'r', run: 'flat', epoch },
  );

it('finds the responses that succeeded, also where the responses of another epoch failed', async () => {
  await expect(find({ SUCCEEDED: { epoch: 1 }, FAILED: { epoch: 2 } })).resolves.toMatchObject({ epoch: 1 });
});

it('throws the fault of responses that failed', async () => {
  await expect(find({ FAILED: { epoch: 2 } })).rejects.toMatchObject({
    reason: 'RESPONSES_DO_NOT_VARY',
    message: 'the responses of epoch 2 of the run "flat" failed: all 50 samples have the same inputs',
  });
});

it('reports that there are none yet', async () => {
  await expect(find({}, 3)).rejects.toMatchObject({
    reason: 'RESPONSES_NOT_FOUND',
    message: expect.stringContaining('has no responses at epoch 3 yet') as string,
  });
});
