import type { TokenSigner } from '@noema/auth';
import {
  type ExchangeIdentityResponse,
  IdentityService,
  type Membership,
} from '@noema/contracts/noema/workspace/v1/identity_service';
import { createClient, type ServiceClient } from '@noema/grpc';
import { deriveUuid } from '@noema/kernel';
import type { PersonCredential } from '../credential/credential.js';
import type { Upstreams } from '../upstream/upstreams.js';

const TIMEOUT_MS = 5000;
const TOKEN_LIFETIME_S = 60;

/** Before a person has a team, the gateway acts for none: this one has no rows. */
const NO_TEAM = deriveUuid('gateway', 'no team');

/** Identities of people in the workspace service; the gateway vouches for them with a token of its own. */
export class WorkspaceIdentities {
  constructor(
    private readonly upstreams: Upstreams,
    private readonly signer: TokenSigner,
  ) {}

  /**
   * The teams of a person, by name; a verified address makes whoever has it the members whom admins have
   * added with it, empty for none.
   */
  async signIn(
    person: { readonly issuer: string; readonly subject: string },
    verifiedEmail: string,
  ): Promise<Membership[]> {
    return (
      await this.client(NO_TEAM).signInIdentity({
        issuer: person.issuer,
        subject: person.subject,
        verifiedEmail,
      })
    ).memberships;
  }

  /**
   * A token for a person in a team. Throws `unauthenticated` IDENTITY_UNKNOWN when the person is no member of
   * it, SESSION_INVALID when the session has ended.
   */
  exchange({ teamId, issuer, subject }: PersonCredential, sessionId = ''): Promise<ExchangeIdentityResponse> {
    return this.client(teamId).exchangeIdentity({ issuer, subject, sessionId });
  }

  private client(teamId: string): ServiceClient<typeof IdentityService> {
    const token = async (): Promise<string> =>
      (await this.signer.sign({ teamId, subject: 'gateway', role: 'service' }, TOKEN_LIFETIME_S)).token;
    return createClient(IdentityService, {
      address: this.upstreams.connection('workspace'),
      token,
      timeoutMs: TIMEOUT_MS,
    });
  }
}
