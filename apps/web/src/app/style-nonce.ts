/** The nonce with which the policy of this page lets style elements in. */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// `get-nonce`, by which dialogs lock the scrolling behind them, looks for it under this name.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });
