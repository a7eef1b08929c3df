export { gradientRules } from './gradient.registry.js';
export { gradientStops } from './gradients/blocked.js';
export type { Backward, GradientRule } from './gradient.rule.js';
export { type GradientRequest, type GradientResult, gradients, inPlainOperators } from './gradients.js';
export { GradientWriter } from './gradient.writer.js';
export { readFloat, readGraph, readInt, readInts, readText } from './node.attributes.js';
export { integrationLoss } from './losses/integration.loss.js';
export type { LossHead, LossOperands } from './losses/loss.head.js';
export { lossHead, lossHeads, lossParameters } from './losses/loss.registry.js';
