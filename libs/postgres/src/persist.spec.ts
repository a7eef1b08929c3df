import { DomainError } from '@noema/kernel';
import { expect, it } from 'vitest';
import { persist } from './persist.js';

const unavailable = new DomainError('unavailable', 'DATABASE_UNAVAILABLE', 'the database cannot be reached');

it('repeats a write while the database is unavailable', async () => {
  let tries = 0;
  await persist(() => (++tries < 3 ? Promise.reject(unavailable) : Promise.resolve()));
  expect(tries).toBe(3);
});

it('gives up at once at another fault', async () => {
  const fault = new DomainError('unavailable', 'SERVICE_UNAVAILABLE', 'a peer is away');
  let tries = 0;
  await expect(
    persist(() => {
      tries++;
      return Promise.reject(fault);
    }),
  ).rejects.toBe(fault);
  expect(tries).toBe(1);
});
