import { create, type DescMethod, type Message, type MessageInitShape } from '@bufbuild/protobuf';
import type { ConnectService } from '@noema/agents';
import type { InFlight } from '../request/in-flight.js';
import type { Upstreams } from '../upstream/upstreams.js';

/** The caller of a tool. */
export interface AgentCaller {
  readonly teamId: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Calls the services with the token of the caller. Each unary call waits for the turn of the team. */
export function connectUpstreams(
  upstreams: Upstreams,
  inFlight: InFlight,
  { teamId, ...call }: AgentCaller,
): ConnectService {
  const unary = async (method: DescMethod, request: Message): Promise<Message> => {
    const end = await inFlight.turnOf(teamId, call);
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
