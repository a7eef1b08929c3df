import type { Analysis } from '@noema/contracts/noema/explanations/v1/analysis';
import { HeatMapAlgorithm, TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import { describe, expect, it } from 'vitest';
import { fallbackSentence, methodsOf } from './methods.js';

const score = { deletion: 0.1, insertion: 0.8, randomDeletion: 0.3, randomInsertion: 0.5 };
const map = (algorithm: HeatMapAlgorithm, kind = TargetKind.CLASS) => ({
  algorithm,
  target: { kind, classIndex: kind === TargetKind.CLASS ? 3 : -1 },
  faithfulness: score,
});
const fallback = (
  asked: HeatMapAlgorithm,
  used: HeatMapAlgorithm[] = [HeatMapAlgorithm.OCCLUSION, HeatMapAlgorithm.RISE],
) => ({ asked, used, reason: 'Mod has no gradient rule' });
const analysis = (maps: object[], fallbacks: object[] = [], trueClass = 3) =>
  ({ heatMaps: maps, fallbacks, trueClass }) as unknown as Analysis;
const tell = (of: Analysis, hasPositions = true) =>
  methodsOf(of, 3, hasPositions).map(({ key, state, note }) =>
    [key, state, note].filter((part) => part !== '').join(' · '),
  );

describe('the methods of an analysis', () => {
  it('are all nine, with how far those that were made beat random', () => {
    expect(
      tell(analysis([map(HeatMapAlgorithm.GRAD_CAM), map(HeatMapAlgorithm.LOSS_GRADIENT, TargetKind.LOSS)])),
    ).toEqual([
      'grad-cam · made · +0.50 over random',
      'grad-cam-plus-plus · open',
      'layer-cam · open',
      'gradient-times-input · open',
      'integrated-gradients · open',
      'smooth-grad · open',
      'occlusion · open',
      'rise · open',
      'loss-gradient · made · explains the loss, not a class',
    ]);
  });

  it(
    'are off where the model has no gradients, no layer with positions, or the sample no label, and say ' +
      'so',
    () => {
      const without = analysis(
        [map(HeatMapAlgorithm.OCCLUSION)],
        [fallback(HeatMapAlgorithm.INTEGRATED_GRADIENTS), fallback(HeatMapAlgorithm.LOSS_GRADIENT, [])],
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

it('tells what stands in for what a model has no gradients for', () => {
  expect(fallbackSentence([])).toBeUndefined();
  expect(
    fallbackSentence(
      analysis(
        [],
        [
          fallback(HeatMapAlgorithm.GRAD_CAM),
          fallback(HeatMapAlgorithm.INTEGRATED_GRADIENTS),
          fallback(HeatMapAlgorithm.LOSS_GRADIENT, []),
        ],
      ).fallbacks,
    ),
  ).toBe(
    'This model has no gradients for Grad-CAM, Integrated gradients and Loss gradient. Occlusion and ' +
      'RISE explain its classes instead, by changing the input. Nothing explains its loss. The reason: ' +
      'Mod has no gradient rule.',
  );
  expect(fallbackSentence(analysis([], [fallback(HeatMapAlgorithm.LOSS_GRADIENT, [])]).fallbacks)).toBe(
    'This model has no gradients for Loss gradient. Nothing explains its loss. The reason: Mod has no ' +
      'gradient rule.',
  );
});
