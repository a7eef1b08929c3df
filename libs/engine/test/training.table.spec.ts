import { lossHeads } from '@noema/autodiff';
import type { MethodDescriptor, MethodParameter, Registry } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { metrics } from '../src/metrics/metric.registry.js';
import { optimizers } from '../src/optimizers/optimizer.registry.js';
import { schedules } from '../src/schedules/schedule.registry.js';

const setting = ({ name, default: standard }: MethodParameter): string =>
  Array.isArray(standard) ? `\`${name}\`` : `\`${name}\` (${String(standard)})`;

const rows = (registry: Pick<Registry<MethodDescriptor>, 'values'>): string =>
  registry
    .values()
    .toSorted((a, b) => a.key.localeCompare(b.key))
    .map(({ key, summary, parameters }) => {
      const settings = parameters.map(setting).join(', ') || '–';
      return `| \`${key}\` | ${settings} | ${summary} |`;
    })
    .join('\n');

const table = (noun: string, registry: Pick<Registry<MethodDescriptor>, 'values'>): string =>
  `| ${noun} | settings (default) | |\n|---|---|---|\n${rows(registry)}\n`;

it('docs/training.md is what the registries say', async () => {
  await expect(`# Losses, optimizers, schedules and metrics

Generated from the registries; a test fails when this file differs, and
\`npx vitest run libs/engine/dist/test/training.table -u\` writes it again. Names, settings and defaults are
the same as in Keras, and names can be written in any of its ways (\`adam_w\`, \`AdamW\`).
\`noema methods training\` and \`GET /v1/training/methods\` list the same, with names, help and limits.

${table('loss', lossHeads)}
${table('optimizer', optimizers)}
${table('learning-rate schedule', schedules)}
${table('metric', metrics)}`).toMatchFileSnapshot('../../../../docs/training.md');
});

describe.each([
  ['optimizer', optimizers.values()],
  ['schedule', schedules.values().filter(({ key }) => key !== 'piecewise_constant_decay')],
  ['metric', metrics.values()],
] as const)('every %s', (_noun, kinds) => {
  it.each(kinds.map((kind) => [kind.key, kind] as const))(
    '%s takes the settings that it describes',
    (_, kind) => {
      const { parameters } = kind;
      const names = parameters.map(({ name }) => name);
      expect(() => kind.create({ no_such_setting: 1 })).toThrow(`known: ${names.join(', ') || 'none'}`);
      kind.create(Object.fromEntries(parameters.map(({ name, default: standard }) => [name, standard])));
      for (const parameter of parameters) {
        const { name } = parameter;
        if (parameter.type === 'boolean') expect(() => kind.create({ [name]: 1 })).toThrow(/true or false/);
        if (parameter.type !== 'number' && parameter.type !== 'integer') continue;
        const { minimum, below } = parameter;
        if (minimum !== undefined) {
          kind.create({ [name]: minimum });
          expect(() => kind.create({ [name]: minimum - 1 })).toThrow(`"${name}"`);
        }
        if (below !== undefined) expect(() => kind.create({ [name]: below })).toThrow(`below ${below}`);
      }
    },
  );
});

it('every loss, optimizer, schedule and metric describes itself and its settings in sentences', () => {
  const kinds: readonly MethodDescriptor[] = [
    ...lossHeads.values(),
    ...optimizers.values(),
    ...schedules.values(),
    ...metrics.values(),
  ];
  for (const { key, title, summary, parameters } of kinds)
    for (const text of [summary, ...parameters.map(({ help }) => help)]) {
      expect(title, key).toMatch(/./);
      expect(text, key).toMatch(/^[A-Z].*\.$/);
    }
});
