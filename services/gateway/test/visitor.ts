/**
 * Signs in as a browser does, without a browser: keeps the cookies of each site and follows redirects, one
 * step at a time.
 */
export class Visitor {
  readonly cookies: Record<'platform' | 'provider', Map<string, string>> = {
    platform: new Map(),
    provider: new Map(),
  };

  /** `publicUrl` is what the platform calls itself, `base` where it really listens. */
  constructor(
    private readonly base: string,
    private readonly publicUrl: string,
  ) {}

  async go(address: string, init: RequestInit = {}): Promise<Response> {
    const url = address.startsWith(this.publicUrl)
      ? this.base + address.slice(this.publicUrl.length)
      : new URL(address, this.base).href;
    const jar = this.cookies[url.startsWith(this.base) ? 'platform' : 'provider'];
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: {
        ...(init.headers as Record<string, string> | undefined),
        cookie: [...jar].map((pair) => pair.join('=')).join('; '),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split(/=(.*)/s);
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Begins at the platform and signs in at the provider; returns where the provider leads back to. */
  async signInAt(subject: string, next = '/projects/7'): Promise<string> {
    let url = readLocation(await this.go(`/oidc/sign-in?next=${encodeURIComponent(next)}`));
    for (let step = 0; step < 8 && !url.startsWith(this.publicUrl); step++) {
      const origin = new URL(url).origin;
      const response = url.includes('/interaction/')
        ? await this.go(url, {
            method: 'POST',
            body: new URLSearchParams({ subject }).toString(),
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
          })
        : await this.go(url);
      url = new URL(readLocation(response), origin).href;
    }
    return url;
  }

  /** The whole sign-in; returns where it ends. */
  async signIn(subject: string, next?: string): Promise<string> {
    return readLocation(await this.go(await this.signInAt(subject, next)));
  }
}

/** Where an answer leads. Throws when it leads nowhere. */
export function readLocation(response: Response): string {
  const location = response.headers.get('location');
  if (location === null) throw new Error(`${response.url} answered ${response.status} without a location`);
  return location;
}
