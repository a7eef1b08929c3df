/** A resource whose changes are counted, and which an agent may have proposed. */
export interface Revised {
  readonly id: string;
  /** Number of the version of the resource, from 1. */
  readonly revision: number;
  /** True until a person accepts the work of an agent. */
  readonly draft: boolean;
}

/** State of a resource, as clients send it back in an update. */
export const formatEtag = ({ revision }: Pick<Revised, 'revision'>): string => `r${revision}`;

/** Author of what the platform writes by itself. */
export const PLATFORM = 'quality';

/** Who creates or changes a resource. */
export interface Author {
  readonly teamId: string;
  /** Id of the member, or name of the service. */
  readonly subject: string;
}
