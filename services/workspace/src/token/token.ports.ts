import type { MemberRole } from '../member/member.js';

/** Signs the short token that every service verifies by itself. */
export interface TokenIssuer {
  sign(principal: {
    readonly teamId: string;
    readonly subject: string;
    readonly role: MemberRole;
    readonly requestsPerMinute: number;
  }): Promise<{ readonly token: string; readonly expiresAt: Date }>;
}
