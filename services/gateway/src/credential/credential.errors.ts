import { DomainError } from '@noema/kernel';

export const crossSite = (): DomainError =>
  new DomainError(
    'forbidden',
    'CROSS_SITE',
    'a request that changes something and is signed in by a cookie must come from the page itself; ' +
      'programs send "authorization: Bearer <key>"',
  );
