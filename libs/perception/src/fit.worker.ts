import { parentPort } from 'node:worker_threads';
import { DomainError } from '@noema/kernel';
import { fitBasis } from './basis.js';
import { decodeMoments, encodeBasis } from './codec.js';
import type { FitAnswer, FitRequest } from './fit.thread.js';

parentPort!.on('message', ({ moments, layout, space, options }: FitRequest) => { parentPort!.postMessage(answerTo({ moments, layout, space, options })); });

function answerTo({ moments, layout, space, options }: FitRequest): FitAnswer {
  try {
    return { basis: encodeBasis(fitBasis(decodeMoments(moments), layout, space, options)) };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { kind, reason, message, metadata } = error;
    return { fault: { kind, reason, message, metadata } };
  }
}
