import { join } from 'node:path';
import { temporaryDirectory } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareBlobs, walkJobs } from '../src/blobs-platform.js';
import { buildPrevious, hasPrevious, PREVIOUS, ROOT } from '../src/cluster/checkout.js';
import { startMixed } from '../src/cluster/mixed-versions.js';

describe.skipIf(!hasPrevious())(
  `RELIABILITY 25: this version together with the one before it (${PREVIOUS}), on one database`,
  () => {
    let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
    let previous = '';
    beforeAll(async () => {
      directory = await temporaryDirectory();
      previous = join(directory.path, 'previous');
      buildPrevious(previous);
    }, 600_000);
    afterAll(async () => {
      await directory.remove();
    });

    it.each([
      {
        parts: 'services of before, workers of now',
        of: () => ({ migrations: ROOT, api: previous, worker: ROOT }),
      },
      {
        parts: 'services of now, workers of before',
        of: () => ({ migrations: ROOT, api: ROOT, worker: previous }),
      },
    ])(
      '$parts: one of every kind of job ends well',
      async ({ parts, of }) => {
        const platform = await startMixed(join(directory.path, parts.replaceAll(/\W+/g, '-')), of());
        try {
          const walked = await walkJobs(platform.rest);
          expect(Object.keys(walked)).toContain('analysis_id');
          expect((await compareBlobs(platform.rest, walked)).reason).toBe('');
        } finally {
          await platform.stop();
        }
      },
      600_000,
    );
  },
);
