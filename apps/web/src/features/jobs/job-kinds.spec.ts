import { create } from '@bufbuild/protobuf';
import { JobProgressSchema, JobSchema } from '@noema/contracts/noema/jobs/v1/job';
import { describe, expect, it } from 'vitest';
import { jobName, jobShare, progressText, shardsText } from './job-kinds.js';

describe('jobs for people', () => {
  it('measures by units, else by shards, else not at all', () => {
    expect(
      jobShare(create(JobSchema, { progress: { done: 5, total: 10 }, shards: { done: 1, queued: 1 } })),
    ).toBe(0.5);
    expect(
      jobShare(create(JobSchema, { progress: { done: 5, total: 0 }, shards: { done: 1, queued: 3 } })),
    ).toBe(0.25);
    expect(jobShare(create(JobSchema, { shards: { done: 1 } }))).toBeUndefined();
    expect(jobShare(create(JobSchema, { progress: { done: 12, total: 10 } }))).toBe(1);
  });

  it('says what is done and how far', () => {
    expect(
      progressText(
        create(JobProgressSchema, { stage: 'encode', done: 4_096, total: 10_000, unit: 'samples' }),
      ),
    ).toBe('encode · 4,096 of 10,000 samples');
    expect(progressText(create(JobProgressSchema, { stage: 'publish' }))).toBe('publish');
    expect(progressText(undefined)).toBe('');
    expect(shardsText(create(JobSchema, { shards: { done: 3, queued: 1, failed: 1 } }))).toBe(
      '3 of 5 shards, 1 failed',
    );
    expect([
      jobName({ kind: 'projection.map', title: 'Draw map' }),
      jobName({ kind: 'new.kind', title: '' }),
    ]).toEqual(['Draw map', 'new.kind']);
  });
});
