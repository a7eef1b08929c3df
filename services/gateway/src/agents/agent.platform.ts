import { setTimeout as delay } from 'node:timers/promises';
import { create, type DescMethod, type Message, type MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectService } from '@noema/agents';
import { asDomainError } from '@noema/kernel';
import type { InFlight } from '../request/in-flight.js';
import type { Upstreams } from '../upstream/upstreams.js';

const RATE_LIMITED = 'RATE_LIMITED';

/** The caller of a tool. */
export interface AgentCaller {
  readonly teamId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/**
 * Calls the services with the token of the caller. Each unary call waits for the turn of the team, and again while
 * the team is above its rate: a tool reads hundreds of pages, and the first refusal would end it.
 */
export function connectUpstreams(
  upstreams: Upstreams,
  inFlight: InFlight,
  { teamId, ...call }: AgentCaller,
): ConnectService {
  const unary = async (method: DescMethod, request: Message): Promise<Message> => {
    for (;;) {
      try {
        return await once(method, request);
      } catch (error) {
        const { reason, metadata } = asDomainError(error);
        if (reason !== RATE_LIMITED) throw error;
        await delay(1000 * Number(metadata['retry_after_seconds'] ?? 1), undefined, call).catch(() => {
          call.signal.throwIfAborted();
        });
      }
    }
  };
  const once = async (method: DescMethod, request: Message): Promise<Message> => {
    const end = await inFlight.takeTurn(teamId, call);
    try {
      return await upstreams.call(method, request, call);
    } finally {
      end();
    }
  };
  return (service) =>
    Object.fromEntries(
      service.methods.map((method) => [
        method.localName,
        (init: MessageInitShape<DescMethod['input']>) => {
          const request = create(method.input, init);
          return method.methodKind === 'unary'
            ? unary(method, request)
            : upstreams.stream(method, request, call);
        },
      ]),
    ) as ReturnType<ConnectService> as never;
}
