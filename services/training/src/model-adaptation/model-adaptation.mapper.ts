import {
  type AdaptModelRequest,
  HeadActivation as Activation,
  ModelAdaptationKind as Kind,
} from '@noema/contracts/noema/training/v1/model_service';
import type { AdaptationRequest, HeadActivation } from './model-adaptation.js';

const KINDS: Readonly<Record<Kind, AdaptationRequest['kind']>> = {
  [Kind.UNSPECIFIED]: undefined,
  [Kind.HEAD]: 'head',
  [Kind.CLASS_ORDER]: 'order',
};

const ACTIVATIONS: Readonly<Record<Activation, HeadActivation | undefined>> = {
  [Activation.UNSPECIFIED]: undefined,
  [Activation.SOFTMAX]: 'softmax',
  [Activation.SIGMOID]: 'sigmoid',
  [Activation.LINEAR]: 'linear',
};

export const parseAdaptation = ({ kind, activation, ...request }: AdaptModelRequest): AdaptationRequest => ({
  ...request,
  kind: KINDS[kind],
  activation: ACTIVATIONS[activation],
});
