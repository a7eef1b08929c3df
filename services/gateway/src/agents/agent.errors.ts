import { DomainError } from '@noema/kernel';

export const originForeign = (): DomainError =>
  new DomainError(
    'forbidden',
    'ORIGIN_FOREIGN',
    'a page of another site may not call /mcp; call it from a program, which sends no Origin, or from the ' +
      'page of this platform',
  );

export const messageInvalid = (): DomainError =>
  new DomainError(
    'invalid',
    'MESSAGE_INVALID',
    'the body is no JSON-RPC message; send one message a request, as an object, not a list',
    { violations: [{ field: 'body', description: 'is no JSON-RPC message' }] },
  );

export const callTimedOut = (timeoutMs: number): DomainError =>
  new DomainError(
    'timeout',
    'DEADLINE_EXCEEDED',
    `the tool did not finish within ${timeoutMs} ms; narrow the samples with where, or call fewer tools at once`,
  );
