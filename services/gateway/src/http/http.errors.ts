import { DomainError } from '@noema/kernel';

/** A refusal that only HTTP knows, with its status. */
export class HttpRefusal extends DomainError {
  constructor(
    readonly status: number,
    ...rest: ConstructorParameters<typeof DomainError>
  ) {
    super(...rest);
  }
}

export const routeUnknown = (verb: string, path: string): HttpRefusal =>
  new HttpRefusal(
    404,
    'not-found',
    'ROUTE_UNKNOWN',
    `there is nothing at ${verb} ${path}; /openapi.json lists all routes`,
  );

/** Faults that express raises before it looks for a route. */
export const pathMalformed = (path: string, cause: unknown): DomainError =>
  new DomainError('invalid', 'PATH_MALFORMED', `"${path}" is not percent-encoded UTF-8; encode it`, {
    cause,
  });

export const addressBusy = (limit: number): DomainError =>
  new DomainError(
    'exhausted',
    'ADDRESS_BUSY',
    `${limit} connections of your address are open already; close some, or use one for several requests`,
    { metadata: { retry_after_seconds: '1' } },
  );

export const addressInUse = (address: string, cause: unknown): DomainError =>
  new DomainError(
    'precondition',
    'ADDRESS_IN_USE',
    `${address} is in use by another program; stop it, or set NOEMA_HTTP_ADDRESS to another port`,
    { cause, metadata: { address } },
  );
