import type { MemberRole } from '../member/member.js';

/** Who somebody is at an identity provider, as an ID token says. */
export interface Identity {
  /** URL of the provider. */
  readonly issuer: string;
  readonly subject: string;
}

/** A person in a team. */
export interface Membership {
  readonly teamId: string;
  readonly teamDisplayName: string;
  readonly memberId: string;
  readonly role: MemberRole;
}
