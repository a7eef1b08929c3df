import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import { describe, expect, it } from 'vitest';
import { type Method, MethodSchema } from '@noema/contracts/noema/methods/v1/method';
import { create } from '@bufbuild/protobuf';
import { fallbackSentence, listMethods, peakText, formatReading } from './methods.js';

const explainer = (key: string, title: string, facts: Record<string, boolean | string>): Method =>
  create(MethodSchema, {
    kind: 'explainer',
    key,
    title,
    facts: { atLayer: false, explains: 'class', unit: '', reading: '{positive} raise {target}.', ...facts },
  });
/** As the platform lists them, with one that no client has heard of. */
const EXPLAINERS = [
  explainer('grad-cam', 'Grad-CAM', { atLayer: true }),
  explainer('grad-cam-plus-plus', 'Grad-CAM++', { atLayer: true }),
  explainer('layer-cam', 'Layer-CAM', { atLayer: true }),
  explainer('gradient-times-input', 'Gradient × input', { unit: 'score' }),
  explainer('integrated-gradients', 'Integrated gradients', { unit: 'score' }),
  explainer('smooth-grad', 'SmoothGrad', {}),
  explainer('loss-gradient', 'Loss gradient', { explains: 'loss', unit: 'loss' }),
  explainer('occlusion', 'Occlusion', {}),
  explainer('rise', 'RISE', {}),
  explainer('toy', 'Toy', { reading: '{positive} raise {target} and {negative} lower it.' }),
];

const score = { deletion: 0.1, insertion: 0.8, randomDeletion: 0.3, randomInsertion: 0.5 };
const map = (method: string, kind = TargetKind.CLASS) => ({
  method,
  target: { kind, classIndex: kind === TargetKind.CLASS ? 3 : -1 },
  faithfulness: score,
});
const fallback = (askedMethod: string, usedMethods: string[] = ['occlusion', 'rise']) => ({
  askedMethod,
  usedMethods,
  reason: 'Mod has no gradient rule',
});
const analysis = (maps: object[], fallbacks: object[] = [], trueClass = 3) =>
  ({ heatMaps: maps, fallbacks, trueClass }) as unknown as Analysis;
const tell = (of: Analysis, hasPositions = true) =>
  listMethods(EXPLAINERS, of, 3, hasPositions).map(({ key, state, note }) =>
    [key, state, note].filter((part) => part !== '').join(' · '),
  );

describe('the methods of an analysis', () => {
  it('are all that the service lists, with how far finished ones beat random', () => {
    expect(tell(analysis([map('grad-cam'), map('loss-gradient', TargetKind.LOSS)]))).toEqual([
      'grad-cam · made · +0.50 over random',
      'grad-cam-plus-plus · open',
      'layer-cam · open',
      'gradient-times-input · open',
      'integrated-gradients · open',
      'smooth-grad · open',
      'occlusion · open',
      'rise · open',
      'toy · open',
      'loss-gradient · made · explains the loss, not a class',
    ]);
  });

  it(
    'are off where the model has no gradients, no layer with positions, or the sample no label, and say ' +
      'so',
    () => {
      const without = analysis(
        [map('occlusion')],
        [fallback('integrated-gradients'), fallback('loss-gradient', [])],
      );
      expect(tell(without, false).filter((one) => one.includes('off'))).toEqual([
        'grad-cam · off · no layer has positions',
        'grad-cam-plus-plus · off · no layer has positions',
        'layer-cam · off · no layer has positions',
        'integrated-gradients · off · the model has no gradients for it',
        'loss-gradient · off · the model has no gradients for it',
      ]);
      expect(tell(analysis([], [], -1)).at(-1)).toBe('loss-gradient · off · the sample has no label');
    },
  );
});

it('reports what stands in for what a model has no gradients for', () => {
  expect(fallbackSentence(EXPLAINERS, [])).toBeUndefined();
  expect(
    fallbackSentence(
      EXPLAINERS,
      analysis([], [fallback('grad-cam'), fallback('integrated-gradients'), fallback('loss-gradient', [])])
        .fallbacks,
    ),
  ).toBe(
    'This model has no gradients for Grad-CAM, Integrated gradients and Loss gradient. Occlusion and ' +
      'RISE explain its classes instead, by changing the input. Nothing explains its loss. The reason: ' +
      'Mod has no gradient rule.',
  );
  expect(fallbackSentence(EXPLAINERS, analysis([], [fallback('loss-gradient', [])]).fallbacks)).toBe(
    'This model has no gradients for Loss gradient. Nothing explains its loss. The reason: Mod has no ' +
      'gradient rule.',
  );
});

it('names and reads the map of an explainer by its description alone', () => {
  expect(listMethods(EXPLAINERS, analysis([map('toy')]), 3, true).find(({ key }) => key === 'toy')).toEqual({
    key: 'toy',
    name: 'Toy',
    ofLoss: false,
    state: 'made',
    note: '+0.50 over random',
  });
  const toy = { method: 'toy', layer: '', signed: true };
  expect(formatReading(EXPLAINERS, toy, 'a 9')).toBe(
    'Toy: orange places raise a 9 and blue places lower it.',
  );
  expect(formatReading(EXPLAINERS, { method: 'grad-cam', layer: 'conv', signed: false }, 'a 9')).toBe(
    'Grad-CAM at layer conv: hot places raise a 9.',
  );
  expect(formatReading([], toy, 'a 9')).toBe('');
  expect(peakText(EXPLAINERS, 'integrated-gradients', 'a 9', 2)).toMatch(
    /^Its strongest place counts 2.* of the score of a 9 before the softmax;/,
  );
});
