import { describe, expect, it } from 'vitest';
import { ColumnDomains, domainNote, OF_DATA } from './column-domains.js';

const losses = (...values: number[]) => ({
  name: 'loss',
  kind: 'number' as const,
  values: Float32Array.from(values),
});

describe('what a column spans over the epochs', () => {
  it('grows with each epoch and tells only then', () => {
    const domains = new ColumnDomains();
    let told = 0;
    domains.subscribe(() => {
      told++;
    });
    domains.add('run loss', 1, losses(0.5, 4));
    const first = domains.get();
    domains.add('run loss', 2, losses(0.25, 2, NaN));
    domains.add('run loss', 2, losses(9));
    expect(told).toBe(2);
    expect(first.get('run loss')!.extent).toMatchObject({ low: 0.5, high: 4 });
    expect(domains.get().get('run loss')!.extent).toEqual({ low: 0.25, high: 4, positive: 0.25, missing: 1 });
  });

  it('leaves out an epoch without any number', () => {
    const domains = new ColumnDomains();
    domains.add('run loss', 1, losses(NaN, NaN));
    expect(domains.get().size).toBe(0);
  });

  it('says that a scale is that of all epochs, once it is', () => {
    const domains = new ColumnDomains();
    domains.add('run loss', 1, losses(1));
    domains.add('data ink', OF_DATA, losses(1));
    expect(domainNote(domains.get().get('run loss'), 3)).toBe('');
    domains.add('run loss', 2, losses(2));
    expect(domainNote(domains.get().get('run loss'), 2)).toBe('same scale for all epochs');
    expect(domainNote(domains.get().get('data ink'), 2)).toBe('');
  });
});
