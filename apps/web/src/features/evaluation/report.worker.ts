import { asDomainError } from '@noema/kernel/domain-error';
import type { WorkerAnswer, WorkerMessage } from '../../parts/worker-client.js';
import { ReportStore } from './report-store.js';
import type { WorkerCall, WorkerResult } from './worker-calls.js';

const store = new ReportStore();

const run = (call: WorkerCall): WorkerResult => {
  switch (call.method) {
    case 'load':
      store.load(call.key, call.bytes, call.output);
      return undefined;
    case 'report':
      return store.report(call.request);
    case 'pick':
      return store.pick(call.request, call.pick);
  }
};

addEventListener('message', ({ data: { id, call } }: MessageEvent<WorkerMessage<WorkerCall>>) => {
  let answer: WorkerAnswer<WorkerResult>;
  try {
    answer = { id, result: run(call) };
  } catch (error) {
    const { kind, reason, message } = asDomainError(error);
    answer = { id, fault: { kind, reason, message } };
  }
  postMessage(answer);
});
