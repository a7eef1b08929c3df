import { create } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { ActivationSetReady, catalog, EpochCompleted } from './catalog.js';

it('names each event once', () => {
  const names = catalog.map((event) => event.name);
  expect(new Set(names).size).toBe(names.length);
});

it('publishes under service, version, event and id', () => {
  expect(ActivationSetReady.subject(create(ActivationSetReady.schema, { activationSetId: 'a1' }))).toBe(
    'noema.activations.v1.activation_set_ready.a1',
  );
  expect(EpochCompleted.subject(create(EpochCompleted.schema, { runId: 'r1', epoch: 3 }))).toBe(
    'noema.training.v1.epoch_completed.r1.3',
  );
});
