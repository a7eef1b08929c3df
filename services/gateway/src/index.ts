export { type GatewayConfig, gatewaySettings } from './config.js';
export { openApiDocument } from './openapi/open-api.document.js';
export { startGateway } from './start-gateway.js';
