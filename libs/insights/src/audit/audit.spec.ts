import { seededRandom } from '@noema/kernel/random';
import { describe, expect, it } from 'vitest';
import { type AuditResult, runAudit, type Verdict } from './audit.js';
import { drawShells, MAX_VERDICTS } from './shells.js';

/** Judges a ranking until the audit is done; the person errs in a share of the verdicts. */
function judge(
  truth: Uint8Array,
  seed: number,
  q: number,
  errors = 0,
): { result: AuditResult; verdicts: number } {
  const random = seededRandom(seed, 0x6e6f);
  const verdicts = new Map<number, Verdict>();
  for (;;) {
    const result = runAudit({ members: truth.length, seed, q, verdicts });
    if (result.done) return { result, verdicts: verdicts.size };
    for (const position of result.next)
      verdicts.set(position, (truth[position] === 1) === random() >= errors ? 'wrong' : 'right');
  }
}

/** A ranking whose share of wrong samples falls from `top` at its beginning to 0 around `middle`. */
function plant(members: number, top: number, middle: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  return Uint8Array.from({ length: members }, (_, at) =>
    Number(random() < top / (1 + Math.exp((at / members - middle) * 15))),
  );
}

const shareRight = (truth: Uint8Array, cut: number): number =>
  cut === 0 ? 0 : truth.subarray(0, cut).reduce((sum, wrong) => sum + 1 - wrong, 0) / cut;

describe('shells', () => {
  it('cover the ranking without gaps and order different samples of each', () => {
    for (const members of [10, 95, 130, 400, 12_345]) {
      const shells = drawShells(members, 1);
      expect(shells[0]!.start).toBe(0);
      expect(shells.at(-1)!.end).toBe(members);
      for (const [at, { start, end, sample }] of shells.entries()) {
        if (at > 0) expect(start).toBe(shells[at - 1]!.end);
        expect(new Set(sample).size).toBe(Math.min(MAX_VERDICTS, end - start));
        expect(sample.every((position) => position >= start && position < end)).toBe(true);
      }
    }
    expect(drawShells(12_345, 1)).toHaveLength(13);
    expect(drawShells(0, 1)).toEqual([]);
    expect(drawShells(3, 1).map(({ sample }) => sample.length)).toEqual([3]);
  });
});

describe('an audit', () => {
  it.each([0.1, 0.2])('keeps the share of right samples above the cut at most %d in 95 of 100', (q) => {
    let [exceeded, audits] = [0, 0];
    const depths: number[] = [];
    for (let run = 0; run < 200; run++) {
      const truth = plant(400 + 13 * run, 0.9 + (run % 3) * 0.05, 0.2 + (run % 7) * 0.1, run);
      const { result, verdicts } = judge(truth, run, q);
      expect(verdicts).toBeLessThanOrEqual(130);
      audits++;
      if (shareRight(truth, result.cut) > q) exceeded++;
      depths.push(result.cut / truth.length);
    }
    expect(exceeded / audits).toBeLessThanOrEqual(0.05);
    // It is not careful by finding nothing.
    expect(depths.reduce((sum, depth) => sum + depth, 0) / audits).toBeGreaterThan(0.15);
  });

  it('keeps it where the person errs in one of 20 verdicts', () => {
    let exceeded = 0;
    for (let run = 0; run < 200; run++) {
      const truth = plant(300 + 3 * run, 0.97 + (run % 3) * 0.01, 0.3 + (run % 7) * 0.1, 3000 + run);
      const { result } = judge(truth, run, 0.1, 0.05);
      if (shareRight(truth, result.cut) > 0.1) exceeded++;
    }
    expect(exceeded / 200).toBeLessThanOrEqual(0.05);
  });

  it('takes more samples by further verdicts where they help most', () => {
    let [before, after] = [0, 0];
    for (let run = 0; run < 40; run++) {
      const truth = plant(1000, 1, 0.4 + (run % 5) * 0.1, 5000 + run);
      const verdicts = new Map<number, Verdict>();
      for (let first: number | undefined; ; ) {
        const { next, cut, done } = runAudit({ members: truth.length, seed: run, q: 0.1, verdicts });
        // Ten samples of each shell come first.
        if (next.length < 10) first ??= cut;
        for (const position of next) verdicts.set(position, truth[position] === 1 ? 'wrong' : 'right');
        if (!done) continue;
        before += first!;
        after += cut;
        break;
      }
    }
    expect(after / before).toBeGreaterThan(1.1);
  });

  it('finds no cut where no sample is wrong, after three shells', () => {
    const { result, verdicts } = judge(new Uint8Array(5000), 0, 0.1);
    expect(result).toMatchObject({ cut: 0, right: 30, recall: undefined });
    expect(result.bound).toBeGreaterThan(0.9);
    expect(verdicts).toBe(30);
  });

  it('takes everything where every sample is wrong', () => {
    const { result } = judge(new Uint8Array(5000).fill(1), 0, 0.1);
    expect(result).toMatchObject({ cut: 5000, wrong: 130, recall: { high: 1 } });
    expect(result.wrongShare.high).toBe(1);
    expect(result.wrongShare.low).toBeGreaterThan(0.85);
  });

  it('has the bound of its formula', () => {
    // 1,000 members: shells of 10, 10, 20 samples; one right sample in the third.
    const verdicts = new Map<number, Verdict>();
    for (const [at, { sample }] of drawShells(1000, 5).slice(0, 3).entries())
      for (const [i, position] of sample.slice(0, 10).entries())
        verdicts.set(position, at === 2 && i === 0 ? 'right' : 'wrong');
    // Two complete shells without a right one; in the third 1 of 10, p̂ = 1.5 / 11, ten samples without verdict.
    const p = 1.5 / 11;
    const mean = 1 + 10 * p;
    const deviation = Math.sqrt((10 * 20 * p * (1 - p)) / 11);
    const result = runAudit({ members: 1000, seed: 5, q: 0.12, verdicts });
    expect(result.cut).toBe(40);
    expect(result.bound).toBeCloseTo((mean + 1.645 * deviation) / 40, 12);
  });

  it('brackets the share of wrong samples and the recall of the cut', () => {
    let [shares, recalls, cuts] = [0, 0, 0];
    for (let run = 0; run < 200; run++) {
      const truth = plant(2000, 0.97, 0.5, 1000 + run);
      const { result } = judge(truth, run, 0.2);
      const wrong = truth.reduce((sum, one) => sum + one, 0);
      const share = wrong / truth.length;
      if (result.wrongShare.low <= share && share <= result.wrongShare.high) shares++;
      if (result.recall === undefined) continue;
      cuts++;
      const recall = truth.subarray(0, result.cut).reduce((sum, one) => sum + one, 0) / wrong;
      if (result.recall.low <= recall && recall <= result.recall.high) recalls++;
    }
    expect(shares).toBeGreaterThanOrEqual(190);
    expect(cuts).toBeGreaterThan(150);
    expect(recalls / cuts).toBeGreaterThanOrEqual(0.95);
  });

  it('counts unsure samples as right, and ignores verdicts on samples that were not drawn', () => {
    const [shell] = drawShells(1000, 0);
    const drawn = new Map<number, Verdict>(
      shell!.sample.slice(0, 10).map((position) => [position, 'unsure']),
    );
    const result = runAudit({ members: 1000, seed: 0, q: 0.1, verdicts: drawn });
    expect(result).toMatchObject({ unsure: 10, wrong: 0, cut: 0, bound: 1 });
    const others = new Map<number, Verdict>();
    for (let at = 0; at < 1000; at++) others.set(at, 'wrong');
    for (const { sample } of drawShells(1000, 0)) for (const position of sample) others.delete(position);
    expect(runAudit({ members: 1000, seed: 0, q: 0.1, verdicts: others })).toMatchObject({
      wrong: 0,
      cut: 0,
      bound: 1,
      done: false,
    });
  });

  it('is done at once without members', () => {
    expect(runAudit({ members: 0, seed: 0, q: 0.1, verdicts: new Map() })).toMatchObject({
      cut: 0,
      done: true,
      next: [],
      wrongShare: { low: 0, high: 1 },
    });
  });
});
