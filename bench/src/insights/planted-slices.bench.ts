import type { InsightBench } from './insight.bench.js';
import { listSettings, runSetting, type SettingResult } from './slices/run-setting.js';
import { summariseSlices } from './slices/summarise-slices.js';

/** `NOEMA_PLANTED_SEEDS=1` plants 36 settings in place of 144. */
const SEEDS = Number(process.env['NOEMA_PLANTED_SEEDS'] ?? 4);
/** Settings that are also searched without any group, and with known chances. */
const CONTROLS = 40;

/** Planted slices of three kinds, and data whose outcomes are permuted or drawn within each class. */
export const plantedSlicesBench: InsightBench = {
  key: 'low-performance',
  title: 'Planted slices',
  async run(print, options) {
    const seeds = Array.from({ length: options.quick ? 1 : SEEDS }, (_, at) => options.seed + at);
    const results: SettingResult[] = [];
    for (const [at, setting] of listSettings(seeds, options.quick ? 1 : undefined).entries()) {
      const result = await runSetting(setting, { threads: options.threads, hasControls: at < CONTROLS });
      results.push(result);
      print(describe(result));
    }
    return summariseSlices(results);
  },
};

function describe({ setting, score, seconds }: SettingResult): string {
  const name = `${setting.key} ${setting.kind} ${setting.share} seed ${setting.seed}`;
  if (score === undefined) return `${name}: the slice does no damage`;
  const { precision, first, withHints, confirmed } = score;
  return (
    `${name}: P@10 ${precision}, first ${first}, with hints ${withHints}, ${confirmed} confirmed, ` +
    `${seconds.toFixed(1)} s`
  );
}
