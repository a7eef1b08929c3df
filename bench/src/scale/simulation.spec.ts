import { describe, expect, it } from 'vitest';
import { type Installation, simulate } from './simulation.js';

/** Nothing limits but the devices. */
const ideal: Installation = {
  workers: 4,
  shards: 100,
  extractSeconds: 2,
  projectSeconds: 0,
  reduceSeconds: 0,
  transactionsPerSecond: 1e12,
  transactionsPerShard: 2,
  heartbeatSeconds: 1e9,
  extractBytes: 0,
  projectBytes: 0,
  connectionBytesPerSecond: 1,
  storeBytesPerSecond: 1,
};

describe('the simulation of an extraction', () => {
  it('takes ⌈shards / workers⌉ times a shard when nothing but the devices limits', () => {
    for (const workers of [1, 3, 4, 7, 100, 200]) {
      const forecast = simulate({ ...ideal, workers });
      expect(forecast.extractSeconds).toBeCloseTo(Math.ceil(100 / workers) * 2, 6);
      expect(forecast.limit).toBe('devices');
    }
    expect(simulate(ideal).utilization).toBeCloseTo(1, 6);
  });
  it("takes the database's time when it is the bottleneck, heartbeats included", () => {
    const forecast = simulate({
      ...ideal,
      workers: 1000,
      shards: 10_000,
      extractSeconds: 0.001,
      transactionsPerSecond: 150,
      heartbeatSeconds: 20,
    });
    expect(forecast.extractSeconds).toBeCloseTo((10_000 * 2) / (150 - 50), 0);
    expect(forecast.limit).toBe('database');
  });
  it("takes the store's time when that is the bottleneck", () => {
    const forecast = simulate({
      ...ideal,
      workers: 50,
      extractSeconds: 0.01,
      extractBytes: 1000,
      connectionBytesPerSecond: 1e6,
      storeBytesPerSecond: 1000,
    });
    expect(forecast.extractSeconds).toBeCloseTo(100 * 1 + 2 * 0.01, 0);
    expect(forecast.limit).toBe('store');
  });
  it('never ends when the heartbeats alone are more than the database can do', () => {
    expect(
      simulate({ ...ideal, workers: 1000, transactionsPerSecond: 100, heartbeatSeconds: 5 }),
    ).toMatchObject({ extractSeconds: Infinity, limit: 'database' });
  });
  it('adds the reduction, which one worker does', () => {
    expect(simulate({ ...ideal, reduceSeconds: 0.5, projectSeconds: 1 }).seconds).toBeCloseTo(
      50 + 50 + 25,
      6,
    );
  });
});
