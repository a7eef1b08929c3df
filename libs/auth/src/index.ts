export { readAccess, type Principal, type Role, ROLES, findRoles } from './access.js';
export { apiKeyInvalid, apiKeyMatches, apiKeyPrefix, newApiKey, type NewApiKey } from './api-key.js';
export { accessDenied, tokenMissing } from './auth.errors.js';
export { generateSigningKey, mergeKeySets, SERVICE_CLAIM, type SigningKey } from './keys.js';
export { AUDIENCE, ISSUER, type SignedToken, TokenSigner, type TokenSignerOptions } from './token-signer.js';
export { TokenVerifier, type TokenVerifierOptions } from './token-verifier.js';
