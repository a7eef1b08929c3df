import { parentPort, workerData } from 'node:worker_threads';
import { DomainError } from '@noema/kernel';
import { fitBasis } from './basis.js';
import { decodeMoments, encodeBasis } from './codec.js';
import type { FitRequest } from './fit-in-thread.js';

const { moments, layout, space, options } = workerData as FitRequest;
try {
  parentPort!.postMessage({ basis: encodeBasis(fitBasis(decodeMoments(moments), layout, space, options)) });
} catch (error) {
  if (!(error instanceof DomainError)) throw error;
  const { kind, reason, message, metadata } = error;
  parentPort!.postMessage({ fault: { kind, reason, message, metadata } });
}
