import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { DomainError } from '@noema/kernel';
import { asDomainError } from '@noema/kernel';
import { HttpRefusal, pathMalformed, routeUnknown } from './http.errors.js';
import { answerProblem } from './problem-answer.js';

/** Answers a request that Nest or express refuses with a problem document too. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const req = http.getRequest<IncomingMessage>();
    answerProblem(req, http.getResponse<ServerResponse>(), toDomainError(thrown, req));
  }
}

function toDomainError(thrown: unknown, req: IncomingMessage): DomainError {
  const path = (req.url ?? '/').split('?')[0] ?? '/';
  if (!(thrown instanceof HttpException)) return asDomainError(thrown);
  const status = thrown.getStatus();
  if (status === 404) return routeUnknown(req.method ?? 'GET', path);
  if (status === 400) return pathMalformed(path, thrown);
  return new HttpRefusal(status, status < 500 ? 'invalid' : 'internal', `HTTP_${status}`, thrown.message);
}
