import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import { AgentEndpoint } from './agent.endpoint.js';

/** Takes every request of agents; nothing after it sees them. */
@Injectable()
export class AgentMiddleware implements NestMiddleware<IncomingMessage, ServerResponse> {
  constructor(@Inject(AgentEndpoint) private readonly agents: AgentEndpoint) {}

  use(req: IncomingMessage, res: ServerResponse): void {
    void this.agents.answer(req, res);
  }
}
