import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { JobLogEntrySchema, LogLevel } from '@noema/contracts/noema/jobs/v1/job';
import { describe, expect, it } from 'vitest';
import { logText, formatPlace } from './job-log.js';

describe('the log of a job', () => {
  it('says where an entry belongs', () => {
    expect([
      formatPlace({ stage: '', shard: -1, attempt: 0 }),
      formatPlace({ stage: 'encode', shard: -1, attempt: 1 }),
      formatPlace({ stage: 'encode', shard: 0, attempt: 2 }),
    ]).toEqual(['', 'encode', 'encode #0, attempt 2']);
  });

  it('is saved a line an entry', () => {
    const entry = create(JobLogEntrySchema, {
      time: timestampFromMs(0),
      level: LogLevel.ERROR,
      message: 'gave up',
      stage: 'train',
      shard: 0,
      attempt: 3,
      fault: { reason: 'LOSS_NOT_FINITE' },
    });
    expect(logText([entry])).toBe(
      '1970-01-01T00:00:00.000Z  error  train #0, attempt 3  gave up  LOSS_NOT_FINITE\n',
    );
  });
});
