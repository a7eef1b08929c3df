export { EngineDistances } from './engine/engine.distances.js';
