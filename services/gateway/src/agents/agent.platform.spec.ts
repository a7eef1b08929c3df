import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { DomainError } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { InFlight } from '../request/in-flight.js';
import type { Upstreams } from '../upstream/upstreams.js';
import { connectUpstreams } from './agent.platform.js';

const limited = (seconds: number): DomainError =>
  new DomainError('exhausted', 'RATE_LIMITED', 'the team has sent its requests', {
    metadata: { retry_after_seconds: String(seconds) },
  });

/** Runs of a platform that refuses calls with these errors before it answers. */
function connect(errors: DomainError[], signal = new AbortController().signal) {
  const call = () => {
    const error = errors.shift();
    return error === undefined ? Promise.resolve({}) : Promise.reject(error);
  };
  const caller = { teamId: 't', headers: {}, signal, timeoutMs: 1000 };
  const upstreams = { call } as unknown as Upstreams;
  return connectUpstreams(upstreams, new InFlight({ maxRequests: 8 }), caller)(RunService);
}

describe('the platform of a tool', () => {
  it('calls again while the team is above its rate', async () => {
    const errors = [limited(0), limited(0)];
    await connect(errors).getRun({ runId: 'r' });
    expect(errors).toEqual([]);
  });

  it('throws other errors', async () => {
    const full = new DomainError('exhausted', 'QUOTA_EXCEEDED', 'the team has too many jobs');
    await expect(connect([full]).getRun({ runId: 'r' })).rejects.toBe(full);
  });

  it('does not wait for a rate longer than its caller', async () => {
    const caller = new AbortController();
    const left = new DomainError('cancelled', 'CANCELLED', 'the caller left');
    const call = connect([limited(3600)], caller.signal).getRun({ runId: 'r' });
    caller.abort(left);
    await expect(call).rejects.toBe(left);
  });
});
