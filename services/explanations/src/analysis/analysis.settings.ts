import { explainers } from '../explainers/explainer.registry.js';
import {
  classNotFound,
  layerNotFound,
  layerWithoutPositions,
  modelWithoutPositions,
  settingInvalid,
} from './analysis.errors.js';
import type { AnalysisSettings } from './analysis.js';
import type { LayerInfo } from './analysis.ports.js';

const UNITS_PER_LAYER = 8;
const MAX_UNITS = 256;

/** Settings as a caller gives them; what is empty or 0 has its default. */
export type RequestedSettings = Partial<AnalysisSettings>;

/**
 * Fills in the defaults against the model: the explainers that are used by default, and for explainers at a
 * layer the last layer with positions; a model without such a layer is explained by the others. Throws
 * `not-found` LAYER_NOT_FOUND, `precondition` LAYER_WITHOUT_POSITIONS or MODEL_WITHOUT_POSITIONS, `invalid`
 * HEAT_MAP_ALGORITHM_UNKNOWN, CLASS_NOT_FOUND or ANALYSIS_SETTING_INVALID.
 */
export function completeSettings(
  asked: RequestedSettings,
  layers: readonly LayerInfo[],
  classCount: number,
): AnalysisSettings {
  const layer = layerFor(asked.layer ?? '', layers);
  const standard = explainers
    .values()
    .filter(({ facts }) => facts.usedByDefault && !(facts.atLayer && layer === ''))
    .map(({ key }) => key);
  const algorithms =
    asked.algorithms === undefined || asked.algorithms.length === 0
      ? standard
      : [...new Set(asked.algorithms)];
  if (algorithms.includes('shared-area'))
    throw settingInvalid(
      'settings.algorithms',
      'SHARED_AREA compares two samples; ask for a similarity analysis',
    );
  if (algorithms.map((key) => explainers.get(key)).some(({ facts }) => facts.atLayer) && layer === '')
    throw modelWithoutPositions();
  const classes = [...new Set(asked.classes ?? [])].sort((a, b) => a - b);
  const strange = classes.find((index) => !Number.isInteger(index) || index < 0 || index >= classCount);
  if (strange !== undefined) throw classNotFound(strange, classCount);
  const unitsPerLayer = asked.unitsPerLayer || UNITS_PER_LAYER;
  if (unitsPerLayer < 0 || unitsPerLayer > MAX_UNITS)
    throw settingInvalid(
      'settings.units_per_layer',
      `is ${unitsPerLayer}; use 1 to ${MAX_UNITS}, or 0 for ${UNITS_PER_LAYER}`,
    );
  return {
    classes,
    algorithms,
    layer,
    unitsPerLayer,
    ...(asked.allClasses === true && classes.length === 0 && { allClasses: true }),
    ...(asked.output && { output: asked.output }),
  };
}

/** The layer to draw at: the named one, or the last with positions; empty when there is none. */
export function layerFor(asked: string, layers: readonly LayerInfo[]): string {
  const drawable = layers.filter(({ hasPositions }) => hasPositions).map(({ name }) => name);
  // At the layer that gives a class for every position a map would only repeat the output.
  const inner = layers.filter(({ hasPositions, isOutput }) => hasPositions && isOutput !== true);
  if (asked === '') return inner.at(-1)?.name ?? drawable.at(-1) ?? '';
  const learned = layers.filter(({ units }) => units > 0);
  const found = learned.find(({ name }) => name === asked);
  if (found === undefined)
    throw layerNotFound(
      asked,
      learned.map(({ name }) => name),
    );
  if (!found.hasPositions) throw layerWithoutPositions(asked, drawable);
  return asked;
}
