export { type GatewayConfig, gatewaySettings } from './config.js';
export { openApiDocument } from './open-api/open-api.document.js';
export { startGateway } from './start-gateway.js';
