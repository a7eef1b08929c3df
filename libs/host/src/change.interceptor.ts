import { getOption, type Message } from '@bufbuild/protobuf';
import {
  type CallHandler,
  type ExecutionContext,
  Inject,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { Access, adds_part as addsPart } from '@noema/contracts/noema/type/v1/access';
import { readAccess } from '@noema/auth';
import type { CallContext } from '@noema/grpc';
import { from, Observable, switchMap } from 'rxjs';
import { toNote, withNote } from './audit/call-note.js';
import { UsageReporter } from './usage/usage-reporter.js';

const CHANGING: ReadonlySet<Access> = new Set([Access.EDITOR, Access.ADMIN]);

/**
 * Runs before every call that may change data. Loads the team's limits and records the caller for the audit
 * log.
 */
@Injectable()
export class ChangeInterceptor implements NestInterceptor {
  constructor(@Inject(UsageReporter) private readonly usage: UsageReporter) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const [request, ctx] = context.getArgs<[Message | AsyncIterable<Message>, CallContext]>();
    const { method } = ctx;
    if (!CHANGING.has(readAccess(method)) || !['unary', 'client_streaming'].includes(method.methodKind))
      return next.handle();
    const { teamId, subject, role } = ctx.principal;
    const serve = (): Observable<unknown> => {
      // The log names the earlier call that a service follows up, and the resource that a part belongs to.
      if (role === 'service' || getOption(method, addsPart)) return next.handle();
      const note = { teamId, subject, ...toNote(method, request), recorded: false };
      return new Observable((subscriber) => withNote(note, () => next.handle().subscribe(subscriber)));
    };
    return from(this.usage.refresh(teamId)).pipe(switchMap(serve));
  }
}
