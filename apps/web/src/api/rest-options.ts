/** The page is served by the gateway that it speaks to; the session is a cookie. */
export const restOptions = { baseUrl: '', timeoutMs: 20_000 } as const;
