import type { ConsumerSpec } from './bus.js';

export const maxDeliveries = ({ maxDeliveries = 10 }: Pick<ConsumerSpec, 'maxDeliveries'>): number =>
  maxDeliveries;

export const ackWaitMs = ({ ackWaitMs = 60_000 }: Pick<ConsumerSpec, 'ackWaitMs'>): number => ackWaitMs;
