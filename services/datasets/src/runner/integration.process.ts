import { asDomainError } from '@noema/kernel';
import { HostedIntegration } from './hosted-integration.js';
import type { RunnerMessage, RunnerRequest } from './runner.protocol.js';

/** Entry of the process that runs user code: one module, one request after the other. It knows no setting and no secret of the service. */
let hosted: Promise<HostedIntegration> | undefined;

const send = (message: RunnerMessage): void => { process.send?.(message); };
const progress = (done: number, total: number): void => { send({ kind: 'progress', done, total }); };

async function answer({ method, params }: RunnerRequest): Promise<unknown> {
  const integration = await (hosted ??= HostedIntegration.of(params.modulePath));
  switch (method) {
    case 'load': return integration.load();
    case 'check': return integration.check(params as RunnerRequest<'check'>['params']);
    case 'plan': return integration.plan();
    case 'encode': return integration.encode(params as RunnerRequest<'encode'>['params'], progress);
  }
}

process.on('disconnect', () => process.exit(0));
process.on('message', (request: RunnerRequest) => {
  answer(request).then(
    (result) => { send({ kind: 'result', result }); },
    (error: unknown) => {
      const { kind, reason, message, metadata } = asDomainError(error);
      send({ kind: 'fault', fault: { kind, reason, message, metadata } });
    },
  );
});
