import { lossHeads } from '@noema/autodiff';
import { expect, it } from 'vitest';
import { metrics } from '../src/metrics/metric.registry.js';
import { optimizers } from '../src/optimizers/optimizer.registry.js';
import { schedules } from '../src/schedules/schedule.registry.js';

/** The names and settings of a table, by what the entry itself says of an unknown setting. */
function settingsOf(create: (settings: Readonly<Record<string, unknown>>) => unknown): string {
  try {
    create({ no_such_setting: 1 });
  } catch (error) {
    return (
      /known: (.*)$/
        .exec((error as Error).message)?.[1]
        ?.split(', ')
        .map((name) => (name === 'none' ? '–' : `\`${name}\``))
        .join(', ') ?? ''
    );
  }
  throw new Error('an unknown setting was taken');
}

const rows = (registry: { keys(): readonly string[] }, settings: (key: string) => string): string =>
  registry
    .keys()
    .toSorted((a, b) => a.localeCompare(b))
    .map((key) => `| \`${key}\` | ${settings(key)} |`)
    .join('\n');
const snake = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const lossSettings = (key: string): string =>
  Object.entries(lossHeads.get(key).defaults)
    .map(([name, value]) => `\`${name}\` (${value})`)
    .join(', ') || '–';

it('docs/training.md is what the registries say', async () => {
  const losses = lossHeads
    .keys()
    .toSorted((a, b) => a.localeCompare(b))
    .map((key) => `| \`${snake(key)}\` | ${lossSettings(key)} |`)
    .join('\n');
  await expect(`# Losses, optimizers, schedules and metrics

Generated from the registries; a test fails when this file differs, and
\`npx vitest run libs/engine/dist/test/training.table -u\` writes it again. Names are those of Keras, however
they are written (\`adam_w\`, \`AdamW\`); settings have the names and defaults of Keras.

| loss | settings (default) |
|---|---|
${losses}

| optimizer | settings |
|---|---|
${rows(optimizers, (key) => settingsOf((given) => optimizers.get(key).create(given)))}

| learning-rate schedule | settings |
|---|---|
${rows(schedules, (key) => settingsOf((given) => schedules.get(key).create(given)))}

| metric | settings |
|---|---|
${rows(metrics, (key) => settingsOf((given) => metrics.get(key).create(given)))}
`).toMatchFileSnapshot('../../../../docs/training.md');
});
