import { expect, it } from 'vitest';
import { quotaColor, quotaLine } from './quota-text.js';

const line = (quota: string, limit: bigint, used: bigint) =>
  quotaLine({ quota, limit, used, left: limit > used ? limit - used : 0n });

it('says what is used, of how much, and what is left', () => {
  expect(line('stored_bytes', 5_000_000_000n, 3_200_000_000n)).toEqual({
    label: 'Storage',
    note: 'what results and dataset versions take',
    used: '3.2 GB of 5 GB',
    left: '1.8 GB left',
    share: 0.64,
  });
  expect(line('gpu_seconds', 7_200n, 90n)).toMatchObject({
    label: 'GPU time',
    used: '1 min 30 s of 2 h 00 min',
    left: '1 h 58 min left',
  });
  expect(line('samples', 100n, 100n)).toMatchObject({ left: '0 left', share: 1 });
});
it('says that there is no limit instead of a limit of nothing', () => {
  expect(line('samples', 0n, 12_345n)).toMatchObject({ used: '12,345', left: 'no limit', share: undefined });
});
it('says by how much a lowered limit is passed', () => {
  expect(line('samples', 100n, 130n)).toMatchObject({
    used: '130 of 100',
    left: '30 above the limit',
    share: 1,
  });
});
it('keeps the name of a quota that a newer platform has', () => {
  expect(line('model_versions', 10n, 1n)).toMatchObject({ label: 'model versions', left: '9 left' });
});
it('warns in time', () => {
  expect([0, 0.79, 0.8, 0.99, 1].map(quotaColor)).toEqual(['blue', 'blue', 'orange', 'orange', 'red']);
});
