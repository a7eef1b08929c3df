import { Registry } from '@noema/kernel';
import { byKerasName, type Settings } from '../keras.settings.js';
import { adam, adamw } from './adam.js';
import type { Optimizer, OptimizerKind } from './optimizer.js';
import { rmsprop } from './rmsprop.js';
import { sgd } from './sgd.js';

/** All optimizers, in the order in which people see them. */
export const optimizers = new Registry<OptimizerKind>('optimizer', [adam, adamw, rmsprop, sgd]);

/** The optimizer that is used where a request names none. */
export const defaultOptimizer = optimizers.values().find(({ facts }) => facts.usedByDefault)!;

/**
 * An optimizer under its Keras name with its Keras settings. Throws `invalid` OPTIMIZER_UNKNOWN,
 * SETTING_INVALID.
 */
export const createOptimizer = (name: string, settings?: Settings): Optimizer =>
  byKerasName(optimizers, name).create(settings);
