import { create } from '@bufbuild/protobuf';
import { FaultSchema } from '@noema/contracts/noema/type/v1/fault';
import { expect, it } from 'vitest';
import { faultError } from './watch-job.js';

const fault = (reason: string) =>
  create(FaultSchema, { reason, message: 'number 0 of [1] is NaN', metadata: { handler: 'x' } });

it("a fault of the user's data or file is not a fault of the platform", () => {
  expect(faultError(fault('NOT_FINITE'), 'job 1 failed')).toMatchObject({
    kind: 'precondition',
    reason: 'NOT_FINITE',
    metadata: { handler: 'x' },
  });
});

it.each(['INTERNAL', 'UNKNOWN'])('%s is internal, and so is no reason at all', (reason) => {
  expect(faultError(fault(reason), 'job 1 failed')).toMatchObject({
    kind: 'internal',
    message: 'job 1 failed: number 0 of [1] is NaN',
  });
  expect(faultError(undefined, 'job 1 failed')).toMatchObject({ kind: 'internal' });
});
