import type { Socket } from 'node:net';
import type { Integration } from '@noema/integration';
import { asDomainError, DomainError } from '@noema/kernel';
import { MAX_UNPACKED_BYTES } from '../bundle/bundle.limits.js';
import { MAX_FAULT_TEXT, MAX_HEADER_BYTES } from './answer.limits.js';
import { FrameReader, writeFrame } from './frame.js';
import { HostedIntegration } from './hosted-integration.js';
import { unpack } from './pod.bundle.js';
import { openChannel } from './process.channel.js';
import {
  PROTOCOL_VERSION,
  type ReadyMessage,
  type RunnerMessage,
  type RunnerMethods,
  type RunnerRequest,
  type UnpackRequest,
} from './runner.protocol.js';

type Propose = (params: RunnerMethods['propose']['params']) => Promise<RunnerMethods['propose']['result']>;

const noProposals: Propose = () =>
  Promise.reject(
    new DomainError('unsupported', 'METHOD_UNSUPPORTED', 'only the process of manifests recognizes files'),
  );

/**
 * The process that runs an integration: one module, one request after the other. It knows no setting and no
 * secret of the service.
 */
export async function serveIntegration(
  load: (modulePath: string) => Promise<Integration>,
  propose = noProposals,
): Promise<void> {
  const { env } = process;
  for (const name of Object.keys(env)) delete env[name];
  const [mode, port, token, bundleRoot = ''] = process.argv.splice(2);
  const channel: Socket = await openChannel(mode, port, token);
  let unpacked: Promise<void> | undefined;
  let hosted: Promise<HostedIntegration> | undefined;

  const send = (message: RunnerMessage | ReadyMessage, parts?: readonly Uint8Array[]): void => {
    writeFrame(channel, message, parts);
  };
  const progress = (done: number): void => {
    send({ kind: 'progress', done });
  };
  const short = (text: string): string =>
    text.length > MAX_FAULT_TEXT ? `${text.slice(0, MAX_FAULT_TEXT - 2)} …` : text;

  async function answer({ method, params }: RunnerRequest, body: Buffer): Promise<void> {
    await unpacked;
    if (method === 'propose')
      return send({
        kind: 'result',
        result: await propose(params as RunnerRequest<'propose'>['params']),
      });
    const integration = await (hosted ??= HostedIntegration.of(params.modulePath, load));
    switch (method) {
      case 'load':
        return send({ kind: 'result', result: integration.load() });
      case 'check':
        return send({
          kind: 'result',
          result: await integration.check(params as RunnerRequest<'check'>['params']),
        });
      case 'plan':
        return send({
          kind: 'result',
          result: await integration.plan(params as RunnerRequest<'plan'>['params'], progress),
        });
      case 'encode': {
        const { answer: result, parts } = await integration.encode(
          params as RunnerRequest<'encode'>['params'],
          progress,
        );
        return send({ kind: 'result', result }, parts);
      }
      case 'score': {
        const { answer: result, parts } = await integration.score(
          params as RunnerRequest<'score'>['params'],
          body,
          progress,
        );
        return send({ kind: 'result', result }, parts);
      }
    }
  }

  function fail(error: unknown): void {
    const { kind, reason, message, metadata } = asDomainError(error);
    send({
      kind: 'fault',
      fault: {
        kind,
        reason,
        message: short(message),
        metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, short(value)])),
      },
    });
  }

  const requests = new FrameReader(
    () => ({ headerBytes: MAX_HEADER_BYTES, bodyBytes: MAX_UNPACKED_BYTES }),
    ({ header, body }) => {
      const request = header as RunnerRequest | UnpackRequest;
      if (request.method === 'unpack')
        unpacked = (unpacked ?? Promise.resolve()).then(() => unpack(bundleRoot, request, body));
      else answer(request, body).catch(fail);
    },
  );
  channel.on('data', (chunk: Buffer) => {
    requests.push(chunk);
  });
  for (const end of ['end', 'error', 'close'] as const) channel.on(end, () => process.exit(0));
  send({ kind: 'ready', protocol: PROTOCOL_VERSION });
}
