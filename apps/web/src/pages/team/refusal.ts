/** Why the sign-in was refused, as the gateway writes it behind the `#` of the sign-in page. */
export interface Refusal {
  readonly reason: string;
  /** Address that the identity provider named; empty when it is not about one. */
  readonly email: string;
}

/** The text of the page about it. */
export interface RefusalText {
  readonly title: string;
  readonly text: string;
  /** Whether waiting may help. */
  readonly passes: boolean;
}

/** The refusal of an address of the sign-in page; `undefined` when there was none. */
export function refusalOfFragment(fragment: string): Refusal | undefined {
  const params = new URLSearchParams(fragment.replace(/^#/, ''));
  const reason = params.get('refused') ?? '';
  return reason === '' ? undefined : { reason, email: params.get('email') ?? '' };
}

/** The words for a refusal; `provider` is the name of the identity provider. */
export function refusalText({ reason, email }: Refusal, provider: string): RefusalText {
  switch (reason) {
    case 'NOT_A_MEMBER':
      return email === ''
        ? {
            title: 'You are not known here yet',
            text:
              `${provider} did not send your e-mail address, and admins add people by it. Ask your ` +
              `administrator to let ${provider} send it.`,
            passes: false,
          }
        : {
            title: 'You have not been added to a team yet',
            text: `Ask an admin of your team to add ${email} under Team, Members. Then sign in again.`,
            passes: false,
          };
    case 'EMAIL_UNVERIFIED':
      return {
        title: 'Your address is not verified',
        text: `${provider} has not verified ${email}. Verify it there, then sign in again.`,
        passes: false,
      };
    case 'LOGIN_EXPIRED':
      return {
        title: 'That took too long',
        text:
          'The sign-in was started more than ten minutes ago, in another window, or was used already. ' +
          'Sign in again.',
        passes: true,
      };
    case 'PROVIDER_REFUSED':
      return { title: 'Not signed in', text: `${provider} did not sign you in. Try again.`, passes: true };
    case 'PROVIDER_AWAY':
      return {
        title: `${provider} does not answer`,
        text: 'Try again in a minute, or sign in with an API key.',
        passes: true,
      };
    case 'IDENTITY_INVALID':
      return {
        title: 'Not signed in',
        text:
          `What ${provider} sent cannot be trusted. Try again, and notify the operator of this platform if ` +
          'it stays so.',
        passes: false,
      };
    case 'IDENTITY_PROVIDER_MISSING':
      return {
        title: 'Not signed in',
        text: 'This platform knows no identity provider. Sign in with an API key.',
        passes: false,
      };
    default:
      return { title: 'Noema does not answer', text: 'Try again in a minute.', passes: true };
  }
}
