import { describe, expect, it } from 'vitest';
import { ColumnDomains, domainNote, OF_DATA, settleDomains } from './column-domains.js';

const losses = (...values: number[]) => ({
  name: 'loss',
  kind: 'number' as const,
  values: Float32Array.from(values),
});

describe('what a column spans over the epochs', () => {
  it('grows with each epoch and reports only then', () => {
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

  it('is shown without epochs that load ahead, until one of them is shown or all are known', () => {
    const domains = new ColumnDomains();
    const add = (epoch: number, high: number) => {
      domains.add('run loss', epoch, losses(0.5, high));
      return domains.get();
    };
    const high = (shown: ReturnType<typeof add>) => shown.get('run loss')!.extent.high;
    const first = settleDomains(new Map(), add(4, 7), [4], 4);
    expect(high(first)).toBe(7);
    const ahead = add(3, 9);
    expect(settleDomains(first, ahead, [4], 4)).toBe(first);
    const moved = settleDomains(first, ahead, [4, 3], 4);
    expect(high(moved)).toBe(9);
    expect(settleDomains(moved, add(2, 11), [3], 4)).toBe(moved);
    expect(high(settleDomains(moved, add(1, 10), [3], 4))).toBe(11);
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
